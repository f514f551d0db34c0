import { sql } from 'kysely';
import * as z from 'zod/mini';
import { CodedError } from '../../shared/errors.ts';
import { type Tombstone, tombstoneSchema } from '../../shared/tombstone.ts';
import { appendAction } from './actions.ts';
import { holdOn } from './holds.ts';
import type { By } from './proposals.ts';
import { removeCases, removeFindings } from './purge-rows.ts';
import type { Db } from './store.ts';
import { digestOf, keepTombstone, NO_DIGEST, type Signer } from './tombstones.ts';

export type Erased =
  | { readonly outcome: 'asked' }
  | { readonly outcome: 'erased'; readonly rows: Readonly<Record<string, number>> };

const askedSchema = z.strictObject({ by: z.string(), reason: z.string() });

/**
 * The first call asks, and one by another person erases: label, declarations, spans, visits, findings and cases of this contractor alone,
 * and the payloads of evidence, whose seals stay. The action log stays as it is. Throws NOT_FOUND, LEGAL_HOLD, FOUR_EYES.
 */
export async function erase(
  db: Db,
  contractor: string,
  { reason, by, signer }: { readonly reason: string; readonly by: By; readonly signer: Signer },
): Promise<Erased> {
  const known = await db
    .selectFrom('contractors')
    .select('id')
    .where('id', '=', contractor)
    .executeTakeFirst();
  if (!known) throw new CodedError('NOT_FOUND', { contractor });
  const hold = await holdOn(db, contractor);
  if (hold !== undefined) throw new CodedError('LEGAL_HOLD', { contractor, hold });
  const key = `erasure:${contractor}`;
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
  const log = { ...by, subject: contractor };
  if (!row) {
    const value = JSON.stringify({ by: by.actor, reason });
    await db.insertInto('meta').values({ key, value }).execute();
    await appendAction(db, { ...log, action: 'contractor.erase-request', detail: { reason } });
    return { outcome: 'asked' };
  }
  const asked = z.parse(askedSchema, JSON.parse(row.value));
  if (asked.by === by.actor) throw new CodedError('FOUR_EYES', { actor: by.actor });
  const rows = await removeAll(db, contractor, { by, signer });
  await db.deleteFrom('meta').where('key', '=', key).execute();
  const erasure = { requestedBy: asked.by, approvedBy: by.actor, reason: asked.reason };
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  await keepTombstone(
    db,
    { ...tombstoneOf(contractor, by, []), class: 'erasure', rows: total, erasure },
    { signer },
  );
  await appendAction(db, { ...log, action: 'contractor.erase', detail: { ...erasure, rows } });
  return { outcome: 'erased', rows };
}

interface Removing {
  readonly by: By;
  readonly signer: Signer;
}

async function removeAll(db: Db, contractor: string, { by, signer }: Removing) {
  const keep = async (name: Tombstone['class'], lines: readonly string[]) => {
    const tombstone = tombstoneOf(contractor, by, lines);
    if (lines.length > 0) await keepTombstone(db, { ...tombstone, class: name }, { signer });
    return lines.length;
  };
  const mine = await db.selectFrom('endpoints').select('id').where('contractor', '=', contractor).execute();
  const evidence = [];
  for (const { id } of mine) evidence.push(...(await clearEvidence(db, id)));
  const spans = await db
    .selectFrom('spans')
    .selectAll()
    .where('contractor', '=', contractor)
    .orderBy('id')
    .execute();
  await db.deleteFrom('visits').where('contractor', '=', contractor).execute();
  await db.deleteFrom('spans').where('contractor', '=', contractor).execute();

  // What tells of others too stays theirs.
  const alone = sql<boolean>`json_array_length(body, '$.contractors') = 1`;
  const findings = await db
    .selectFrom('findings')
    .select(['id', 'body'])
    .where(
      'id',
      'in',
      db.selectFrom('finding_contractors').select('finding').where('contractor', '=', contractor),
    )
    .where(alone)
    .execute();
  await removeFindings(
    db,
    findings.map(({ id }) => id),
  );
  await db.deleteFrom('finding_concerned').where('contractor', '=', contractor).execute();
  const cases = await db
    .selectFrom('cases')
    .select(['id', 'body'])
    .where('id', 'in', db.selectFrom('case_contractors').select('case').where('contractor', '=', contractor))
    .where(alone)
    .execute();
  await removeCases(
    db,
    cases.map(({ id }) => id),
  );
  const declarations = await db
    .deleteFrom('declaration_versions')
    .where('contractor', '=', contractor)
    .returningAll()
    .execute();
  await db
    .updateTable('contractors')
    .set({ label: null, declaration: null, updated_at: by.at })
    .where('id', '=', contractor)
    .execute();
  return {
    evidence: await keep('evidence', evidence),
    spans: await keep(
      'spans',
      spans.map((row) => JSON.stringify(row)),
    ),
    findings: await keep(
      'findings',
      findings.map(({ body }) => body),
    ),
    cases: await keep(
      'cases',
      cases.map(({ body }) => body),
    ),
    declarations: await keep(
      'declarations',
      declarations.map((row) => JSON.stringify(row)),
    ),
  };
}

/** Payloads go, seals stay; and the machine may not speak any more, or it would tell everything anew. */
async function clearEvidence(db: Db, endpoint: string): Promise<readonly string[]> {
  const batches = await db
    .updateTable('batches')
    .set({ payload: new Uint8Array() })
    .where('endpoint', '=', endpoint)
    .where(sql<boolean>`length(payload) > 0`)
    .returning(['endpoint', 'epoch', 'first', 'last', 'prev', 'hash', 'received_at'])
    .execute();
  await db.deleteFrom('boots').where('endpoint', '=', endpoint).execute();
  await db
    .updateTable('endpoints')
    .set((eb) => ({
      hostname: 'erased',
      machine: null,
      revoked_at: eb.fn.coalesce('revoked_at', sql<string>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`),
      revoked_reason: 'erased',
    }))
    .where('id', '=', endpoint)
    .execute();
  return batches.map((row) => JSON.stringify(row));
}

function tombstoneOf(contractor: string, { at }: By, lines: readonly string[]): Tombstone {
  return tombstoneSchema.parse({
    format: 'farhand-tombstone.v1',
    class: 'erasure',
    cause: 'erasure',
    contractor,
    from: '1970-01-01T00:00:00.000Z',
    until: at,
    at,
    rows: lines.length,
    digest: digestOf(NO_DIGEST, lines),
  });
}
