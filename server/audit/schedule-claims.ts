import { codedError } from '../../shared/errors.ts';
import { type Instant, instant, MINUTE, millis, SECOND } from '../../shared/time.ts';
import type { Log } from '../log.ts';
import { appendAction } from '../store/actions.ts';
import type { By } from '../store/proposals.ts';
import { claimRun, unfinishedRuns } from '../store/schedule-runs.ts';
import { type KeptSchedule, moveSchedule, scheduleNamed, schedulesDue } from '../store/schedules.ts';
import type { Db } from '../store/store.ts';
import { dueTimes, type LeftOut, MOST_MADE_UP } from './due-times.ts';
import { newRun } from './schedule-book.ts';

/** Later than this, the collector's clock was set or it stood still. */
const LATE_MS = MINUTE;
/** What was received before a period ended is committed by then. */
const GRACE_MS = 5 * SECOND;

export interface Claims {
  readonly db: Db;
  readonly log: Log;
  readonly now: Instant;
  /** What was due before was missed. */
  readonly startedAt: Instant;
}

/**
 * Claims every due time that has come, each once and for all: the row says so, whatever happens to clock and process. Of those that were
 * missed the latest are made up, oldest first. What waits already bounds what is claimed, so a schedule that fails for weeks piles up nothing.
 */
export async function claimDue(claims: Claims): Promise<void> {
  for (const { id } of await schedulesDue(claims.db, claims.now)) {
    try {
      await claims.db.transaction().execute((trx) => claimFor(trx, id, claims));
    } catch (error) {
      claims.log.error({ err: codedError(error), schedule: id }, 'due times of a schedule were not claimed');
    }
  }
}

async function claimFor(trx: Db, id: string, { log, now, startedAt }: Claims): Promise<void> {
  const schedule = await scheduleNamed(trx, id);
  const { nextDue } = schedule;
  if (nextDue === null || nextDue > now || !schedule.settings.enabled) return;
  const room = MOST_MADE_UP - (await unfinishedRuns(trx, id));
  if (room < 1) return;
  const times = dueTimes(schedule.settings);
  const { due, leftOut } = times.through(now, nextDue, room);
  const by: By = { actor: scheduleActor(id), source: 'the clock', at: now };
  if (leftOut) {
    await noteLeftOut(trx, schedule, { leftOut, by });
    log.error(
      { schedule: id, ...leftOut },
      'too many due times were missed, the oldest get no pack of their own',
    );
  }
  let { coveredTo } = schedule;
  const madeUp: Instant[] = [];
  for (const each of due) {
    const late = each < startedAt || millis(now) - millis(each) > LATE_MS;
    const run = newRun({ ...schedule, coveredTo }, { due: each, at: now, madeUp: late, askedBy: null });
    if (run.from >= run.to) {
      // A clock was set back behind what a run has covered: there is no moment that no pack holds.
      await appendAction(trx, {
        ...by,
        action: 'schedule.skip',
        subject: id,
        detail: { due: each, covered: coveredTo },
      });
      continue;
    }
    const retryAt = instant(Math.max(millis(now), millis(run.to) + GRACE_MS));
    if (!(await claimRun(trx, { schedule: id, run: { ...run, retryAt } }))) continue;
    coveredTo = run.to;
    if (late) madeUp.push(each);
  }
  if (madeUp.length > 0) {
    await appendAction(trx, { ...by, action: 'schedule.make-up', subject: id, detail: { due: madeUp } });
    log.warn({ schedule: id, due: madeUp }, 'packs that were missed are made up');
  }
  await moveSchedule(trx, id, { nextDue: times.next(due.at(-1) ?? now), coveredTo });
}

/** Who acts when it comes by the clock. */
export function scheduleActor(id: string): string {
  return `schedule:${id}`;
}

async function noteLeftOut(
  trx: Db,
  schedule: KeptSchedule,
  { leftOut, by }: { readonly leftOut: LeftOut; readonly by: By },
): Promise<void> {
  const { first, through, count, orMore } = leftOut;
  const run = newRun(schedule, { due: first, at: by.at, madeUp: false, askedBy: null });
  const skipped = { count, through, orMore };
  await claimRun(trx, {
    schedule: schedule.id,
    run: { ...run, status: 'skipped', retryAt: null, skipped },
  });
  const detail = { from: first, ...skipped, period: schedule.settings.period };
  await appendAction(trx, { ...by, action: 'schedule.skip', subject: schedule.id, detail });
}
