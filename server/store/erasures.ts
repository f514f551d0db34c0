import { sql } from 'kysely';
import * as z from 'zod/mini';
import { CodedError } from '../../shared/errors.ts';
import { type Instant, instantSchema } from '../../shared/time.ts';
import { appendAction } from './actions.ts';
import { markDirty } from './dirty.ts';
import { appendFeed } from './feed.ts';
import { holdOn } from './holds.ts';
import type { By } from './proposals.ts';
import type { Db } from './store.ts';
import { tenuresOf } from './tenures.ts';

const count = z.int().check(z.minimum(0));
const tenureSchema = z.strictObject({
  endpoint: z.string(),
  since: z.nullable(instantSchema),
  until: z.nullable(instantSchema),
});

export const ERASED_CLASSES = ['evidence', 'spans', 'findings', 'cases', 'declarations'] as const;
export type ErasedClass = (typeof ERASED_CLASSES)[number];

const stateSchema = z.strictObject({
  requestedBy: z.string(),
  requestedAt: instantSchema,
  reason: z.string(),
  /** How far it has come, once another person agreed. */
  approved: z.optional(
    z.strictObject({
      by: z.string(),
      at: instantSchema,
      /** Which endpoints were this contractor's, and when. */
      tenures: z.array(tenureSchema),
      /** The spool that is being gone through, and the number behind which to go on. */
      evidenceDone: z.boolean(),
      place: z.nullable(z.strictObject({ endpoint: z.string(), epoch: z.string(), after: count })),
      rows: z.record(z.enum(ERASED_CLASSES), count),
      /** Tombstones of this erasure that grow from step to step. */
      tombs: z.partialRecord(z.enum(ERASED_CLASSES), count),
    }),
  ),
});
export type ErasureState = Readonly<z.infer<typeof stateSchema>>;
export type ErasureUnderWay = NonNullable<ErasureState['approved']>;

/**
 * The first call asks for an erasure, and one by another person begins it: from then on the machines may not speak any more, or they would
 * tell everything anew. `eraseStep` does the rest. Throws NOT_FOUND, LEGAL_HOLD, FOUR_EYES.
 */
export async function askErasure(
  db: Db,
  contractor: string,
  { reason, by }: { readonly reason: string; readonly by: By },
): Promise<ErasureState> {
  const known = await db
    .selectFrom('contractors')
    .select('id')
    .where('id', '=', contractor)
    .executeTakeFirst();
  if (!known) throw new CodedError('NOT_FOUND', { contractor });
  const hold = await holdOn(db, contractor);
  if (hold !== undefined) throw new CodedError('LEGAL_HOLD', { contractor, hold });
  const before = await erasureOf(db, contractor);
  if (before?.approved) return before;
  const log = { ...by, subject: contractor };
  await appendFeed(db, by.at, [{ topic: 'contractor', ref: contractor }]);
  if (!before) {
    const asked = { requestedBy: by.actor, requestedAt: by.at, reason };
    await keepErasure(db, contractor, asked);
    await appendAction(db, { ...log, action: 'contractor.erase-request', detail: { reason } });
    return asked;
  }
  if (before.requestedBy === by.actor) throw new CodedError('FOUR_EYES', { actor: by.actor });
  const tenures = await tenuresOf(db, contractor);
  const rows = { evidence: 0, spans: 0, findings: 0, cases: 0, declarations: 0 };
  const approved = {
    by: by.actor,
    at: by.at,
    tenures: [...tenures],
    evidenceDone: false,
    place: null,
    rows,
    tombs: {},
  };
  const begun = { ...before, approved };
  await keepErasure(db, contractor, begun);
  await silence(db, contractor, by.at);
  const { requestedBy, reason: why } = before;
  const detail = { requestedBy, approvedBy: by.actor, reason: why };
  await appendAction(db, { ...log, action: 'contractor.erase-approve', detail });
  return begun;
}

/** Takes back what nobody has agreed to yet. Throws NOT_FOUND, ERASURE_BEGUN. */
export async function withdrawErasure(db: Db, contractor: string, by: By): Promise<void> {
  const state = await erasureOf(db, contractor);
  if (!state) throw new CodedError('NOT_FOUND', { contractor });
  if (state.approved) throw new CodedError('ERASURE_BEGUN', { contractor });
  await forgetErasure(db, contractor);
  await appendFeed(db, by.at, [{ topic: 'contractor', ref: contractor }]);
  const { requestedBy, requestedAt, reason } = state;
  const detail = { before: { requestedBy, requestedAt, reason }, after: null };
  await appendAction(db, { ...by, subject: contractor, action: 'contractor.erase-withdraw', detail });
}

/** What was asked for and is not over yet. */
export async function erasureOf(db: Db, contractor: string): Promise<ErasureState | undefined> {
  const row = await db
    .selectFrom('meta')
    .select('value')
    .where('key', '=', keyOf(contractor))
    .executeTakeFirst();
  return row && z.parse(stateSchema, JSON.parse(row.value));
}

export async function keepErasure(db: Db, contractor: string, state: ErasureState): Promise<void> {
  const value = JSON.stringify(state);
  await db
    .insertInto('meta')
    .values({ key: keyOf(contractor), value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

export async function forgetErasure(db: Db, contractor: string): Promise<void> {
  await db.deleteFrom('meta').where('key', '=', keyOf(contractor)).execute();
}

/** Contractors whose erasure has begun and is not over. */
export async function erasuresUnderWay(db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('meta')
    .select('key')
    .where('key', '>=', KEY)
    .where('key', '<', `${KEY.slice(0, -1)};`)
    .where(sql`value ->> '$.approved.at'`, 'is not', null)
    .orderBy('key')
    .execute();
  return rows.map(({ key }) => key.slice(KEY.length));
}

const KEY = 'erasure:';

function keyOf(contractor: string): string {
  return `${KEY}${contractor}`;
}

/** Whatever could bring in more about this person ends. */
async function silence(db: Db, contractor: string, at: Instant): Promise<void> {
  const mine = db.selectFrom('endpoints').select('id').where('contractor', '=', contractor);
  await db.deleteFrom('boots').where('endpoint', 'in', mine).execute();
  await db
    .updateTable('endpoints')
    .set((eb) => ({
      hostname: 'erased',
      machine: null,
      revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)),
      revoked_reason: 'erased',
    }))
    .where('contractor', '=', contractor)
    .execute();
  await db
    .updateTable('enrollment_tokens')
    .set({ revoked_at: at })
    .where('contractor', '=', contractor)
    .where('revoked_at', 'is', null)
    .execute();
  await markDirty(db, at, [{ scope: 'contractor', subject: contractor }]);
}
