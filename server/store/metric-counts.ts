import { sql } from 'kysely';
import type { Db } from './store.ts';

/** What a monitoring system asks for every few seconds: each is one look at an index. */
export async function metricCounts(db: Db) {
  const connected = await db
    .selectFrom('spans')
    .select((eb) => eb.fn.count<number>('endpoint').distinct().as('count'))
    .where('kind', '=', sql.lit('presence'))
    .where('to', 'is', null)
    .executeTakeFirst();
  const batches = await db
    .selectFrom('batches')
    .select((eb) => eb.fn.max('id').as('last'))
    .executeTakeFirst();
  const dirty = await db
    .selectFrom('dirty_subjects')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('marked_at').as('since')])
    .executeTakeFirst();
  const findings = await db
    .selectFrom('findings')
    .select((eb) => ['severity', eb.fn.countAll<number>().as('count')])
    .where('outcome', '=', 'open')
    .groupBy('severity')
    .execute();
  return {
    connected: connected?.count ?? 0,
    batches: batches?.last ?? 0,
    dirty: { count: dirty?.count ?? 0, since: dirty?.since ?? null },
    findings: new Map(findings.map(({ severity, count }) => [severity, count])),
  };
}
