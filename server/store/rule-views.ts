import type { Db } from './store.ts';

/** Of each rule that has any: open findings, and changes of its settings that wait. */
export async function ruleCounts(db: Db): Promise<{
  readonly open: ReadonlyMap<string, number>;
  readonly pending: ReadonlyMap<string, number>;
}> {
  const open = await db
    .selectFrom('findings')
    .select((eb) => ['rule', eb.fn.countAll<number>().as('count')])
    .where('outcome', '=', 'open')
    .groupBy('rule')
    .execute();
  const pending = await db
    .selectFrom('proposals')
    .select((eb) => ['subject', eb.fn.countAll<number>().as('count')])
    .where('status', '=', 'pending')
    .where('kind', '=', 'settings')
    .groupBy('subject')
    .execute();
  return {
    open: new Map(open.map(({ rule, count }) => [rule, count])),
    pending: new Map(pending.map(({ subject, count }) => [subject, count])),
  };
}
