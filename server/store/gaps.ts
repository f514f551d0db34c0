import { sql } from 'kysely';
import type { FactOf, GapCause } from '../../shared/facts.ts';
import { type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import { markDirty } from './dirty.ts';
import { contractorOf } from './endpoints.ts';
import { insertSpan } from './spans.ts';
import type { Trx } from './store.ts';

export interface NewGap extends Omit<FactOf<'gap'>, 'kind'> {
  readonly endpoint: string;
}

/**
 * Puts a hole on the ledger and on the timeline of its contractor, once: a range that is there already with the same cause is left as
 * it is. Clones are one hole for each epoch and pair of boots, which goes on while they keep speaking.
 */
export async function recordGap(db: Trx, gap: NewGap, at: Instant): Promise<void> {
  const { endpoint, ...carried } = gap;
  const contractor = contractorOf(db, endpoint);
  if (contractor === undefined) return;
  const { boots, addresses, stepMs, count, kinds, ...place } = carried;
  const detail = detailOf({ boots, addresses, stepMs, count, kinds });
  const fact = { kind: 'gap', ...carried } as const;
  if (await isKnown(db, gap)) {
    if (gap.cause === 'clone') await prolong(db, endpoint, { fact, at });
    return;
  }
  await db
    .insertInto('gaps')
    .values({ endpoint, ...place, at, detail })
    .execute();
  insertSpan(db, { endpoint, contractor, fact, source: 'collector', from: at, to: at });
  await markDirty(db, at, [{ scope: 'contractor', subject: contractor }]);
}

/** Whether this spool has a hole of that cause. */
export async function hasGap(
  db: Trx,
  { endpoint, epoch, cause }: Pick<NewGap, 'endpoint' | 'epoch' | 'cause'>,
): Promise<boolean> {
  const row = await db
    .selectFrom('gaps')
    .select('id')
    .where('endpoint', '=', endpoint)
    .where('epoch', '=', epoch)
    .where('cause', '=', cause)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a hole of one of these causes was recorded since then. */
export async function hasGapSince(
  db: Trx,
  endpoint: string,
  { since, causes }: { readonly since: Instant; readonly causes: readonly GapCause[] },
): Promise<boolean> {
  const found = await db
    .selectFrom('gaps')
    .select('id')
    .where('endpoint', '=', endpoint)
    .where('at', '>=', since)
    .where('cause', 'in', causes)
    .executeTakeFirst();
  return found !== undefined;
}

/**
 * Whether the collector saw at a hello what the agent tells of afterwards. There a set clock is noted at the number that came next, so
 * above that of the agent's own word; a reverted spool is noted on the epoch that this one took over from.
 */
export async function wasSeenAtHello(db: Trx, { endpoint, epoch, first, cause }: NewGap): Promise<boolean> {
  const seen = db.selectFrom('gaps').select('id').where('endpoint', '=', endpoint).where('cause', '=', cause);
  if (cause === 'clock-step')
    return (
      (await seen.where('epoch', '=', epoch).where('first', '>', first).executeTakeFirst()) !== undefined
    );
  if (cause !== 'snapshot-revert') return false;
  const before = db
    .selectFrom('cursors')
    .select('epoch')
    .where('endpoint', '=', endpoint)
    .where('epoch', '!=', epoch)
    .orderBy('started_at', 'desc')
    .limit(1);
  return (await seen.where('epoch', '=', before).executeTakeFirst()) !== undefined;
}

/** A clone that goes on is written down this often at most. */
const PROLONGED_EVERY_MS = 10 * MINUTE;

async function isKnown(db: Trx, gap: NewGap): Promise<boolean> {
  let same = db
    .selectFrom('gaps')
    .select('id')
    .where('endpoint', '=', gap.endpoint)
    .where('epoch', '=', gap.epoch)
    .where('cause', '=', gap.cause);
  same =
    gap.cause === 'clone'
      ? same.where(sql<boolean>`instr(detail, ${bootsText(gap)}) > 0`)
      : same.where('first', '=', gap.first).where('last', '=', gap.last);
  return (await same.executeTakeFirst()) !== undefined;
}

async function prolong(
  db: Trx,
  endpoint: string,
  { fact, at }: { readonly fact: FactOf<'gap'>; readonly at: Instant },
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('spans')
    .set({ to: at })
    .where('endpoint', '=', endpoint)
    .where('kind', '=', sql.lit('gap'))
    .where(sql<boolean>`kind in ('presence', 'agent', 'gap')`)
    .where('key', 'like', `gap|${fact.epoch}|%`)
    .where(sql<boolean>`instr(fact, '"cause":"clone"') > 0`)
    .where(sql<boolean>`instr(fact, ${bootsText(fact)}) > 0`)
    .where('to', '<', instant(millis(at) - PROLONGED_EVERY_MS))
    .executeTakeFirst();
  const contractor = contractorOf(db, endpoint);
  if (numUpdatedRows > 0n && contractor !== undefined)
    await markDirty(db, at, [{ scope: 'contractor', subject: contractor }]);
}

/** As JSON has it, so that no other text can look alike. */
function bootsText({ boots = [] }: Pick<FactOf<'gap'>, 'boots'>): string {
  return `"boots":${JSON.stringify(boots)}`;
}

function detailOf(detail: object): string | null {
  const text = JSON.stringify(detail);
  return text === '{}' ? null : text;
}
