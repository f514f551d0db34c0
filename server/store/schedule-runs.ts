import type { ScheduleRun } from '../../shared/api/schedules.ts';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

export interface RunOf {
  readonly schedule: string;
  readonly run: ScheduleRun;
}

const OPEN = ['waiting', 'running', 'failed'];

/** The claim of a due time; false where it was claimed before. */
export async function claimRun(trx: Db, { schedule, run }: RunOf): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('schedule_runs')
    .values({ schedule, due: run.due, ...changing(run) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Nothing when its schedule was removed meanwhile. */
export async function writeRun(db: Db, { schedule, run }: RunOf): Promise<void> {
  await db
    .updateTable('schedule_runs')
    .set(changing(run))
    .where('schedule', '=', schedule)
    .where('due', '=', run.due)
    .execute();
}

function changing(run: ScheduleRun) {
  return { status: run.status, retry_at: run.retryAt, body: JSON.stringify(run) };
}

/** The one to be made now: that which was due first, of schedules that are not paused. */
export async function nextRun(db: Db, now: Instant): Promise<RunOf | undefined> {
  const row = await db
    .selectFrom('schedule_runs')
    .innerJoin('schedules', 'schedules.id', 'schedule_runs.schedule')
    .select(['schedule_runs.schedule', 'schedule_runs.body'])
    .where('schedule_runs.status', 'in', OPEN)
    .where('retry_at', '<=', now)
    .where('enabled', '=', 1)
    .orderBy('due')
    .orderBy('schedule')
    .limit(1)
    .executeTakeFirst();
  return row && { schedule: row.schedule, run: JSON.parse(row.body) };
}

/** Those in whose midst a collector stopped. */
export async function runsCut(db: Db): Promise<readonly RunOf[]> {
  const rows = await db
    .selectFrom('schedule_runs')
    .select(['schedule', 'body'])
    .where('status', '=', 'running')
    .execute();
  return rows.map(({ schedule, body }) => ({ schedule, run: JSON.parse(body) }));
}

export async function unfinishedRuns(db: Db, schedule: string): Promise<number> {
  const { count } = await db
    .selectFrom('schedule_runs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('schedule', '=', schedule)
    .where('status', 'in', OPEN)
    .executeTakeFirstOrThrow();
  return count;
}

/** Latest due times first. */
export async function runsOf(
  db: Db,
  schedule: string,
  { status, limit }: { readonly status?: ScheduleRun['status']; readonly limit?: number } = {},
): Promise<ScheduleRun[]> {
  let query = db
    .selectFrom('schedule_runs')
    .select('body')
    .where('schedule', '=', schedule)
    .orderBy('due', 'desc');
  if (status !== undefined) query = query.where('status', '=', status);
  if (limit !== undefined) query = query.limit(limit);
  return (await query.execute()).map(({ body }) => JSON.parse(body));
}
