import type {
  Schedule,
  SchedulePreviewQuery,
  ScheduleRemoval,
  ScheduleRun,
  ScheduleSettings,
} from '../../shared/api/schedules.ts';
import { cronWords } from '../../shared/cron-words.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Instant } from '../../shared/time.ts';
import { appendAction } from '../store/actions.ts';
import { subjectsNamed } from '../store/pack-scope.ts';
import type { By } from '../store/proposals.ts';
import { claimRun, runsOf, unfinishedRuns } from '../store/schedule-runs.ts';
import {
  addSchedule,
  changeSchedule,
  type KeptSchedule,
  listSchedules,
  moveSchedule,
  removeSchedule,
  scheduleNamed,
} from '../store/schedules.ts';
import type { Db } from '../store/store.ts';
import { dueTimes } from './due-times.ts';
import type { PackFolders } from './pack-folders.ts';
import { periodBefore } from './schedule-period.ts';

/** What people do with schedules, from the console, over the API and on the command line. */
export interface ScheduleBook {
  list(): Promise<Schedule[]>;
  preview(query: SchedulePreviewQuery, now: Instant): Preview;
  /** Throws SCHEDULE_INVALID, NOT_FOUND for whom nobody knows. */
  add(settings: ScheduleSettings, by: By): Promise<Schedule>;
  /** As `add`, and SCHEDULE_CHANGED. */
  change(
    id: string,
    change: { readonly version: number; readonly settings: ScheduleSettings },
    by: By,
  ): Promise<Schedule>;
  remove(id: string, removal: Partial<ScheduleRemoval>, by: By): Promise<void>;
  /** The collector makes a pack as soon as it can. */
  runNow(id: string, by: By): Promise<Schedule>;
  readonly folders: readonly string[];
}

interface Preview {
  readonly sentence: string;
  readonly runs: { readonly due: Instant; readonly from: Instant | null; readonly to: Instant }[];
}

const NEXT = 3;
const LATEST_RUNS = 10;

export function scheduleBook({
  db,
  folders,
}: {
  readonly db: Db;
  readonly folders: PackFolders;
}): ScheduleBook {
  const check = async (trx: Db, settings: ScheduleSettings, at: Instant): Promise<void> => {
    if (dueTimes(settings).next(at) === null)
      throw new CodedError('SCHEDULE_INVALID', { cron: settings.cron, reason: 'it is never due' });
    folders.resolve(settings.folder);
    const [unknown] = (await subjectsNamed(trx, settings)).unknown;
    if (unknown) throw new CodedError('NOT_FOUND', { [unknown[0]]: unknown[1] });
  };
  const inTransaction = <R>(work: (trx: Db) => Promise<R>) => db.transaction().execute(work);
  return {
    folders: folders.all,
    async list() {
      const all = await listSchedules(db);
      return Promise.all(all.map((one) => shown(db, one)));
    },
    preview(query, now) {
      const times = dueTimes(query).few(now, NEXT);
      const runs = times.map((due, index) => {
        if (query.period !== 'since-last') return { due, ...periodBefore(query.period, due, query.timezone) };
        return { due, from: times[index - 1] ?? null, to: due };
      });
      return { sentence: cronWords(query.cron), runs };
    },
    add: (settings, by) =>
      inTransaction(async (trx) => {
        await check(trx, settings, by.at);
        const nextDue = dueTimes(settings).next(by.at);
        return shown(trx, await addSchedule(trx, settings, { nextDue, by }));
      }),
    change: (id, { version, settings }, by) =>
      inTransaction(async (trx) => {
        const before = await scheduleNamed(trx, id, version);
        await check(trx, settings, by.at);
        const kept = keepsTime(before.settings, settings) ? before.nextDue : null;
        const nextDue = kept ?? dueTimes(settings).next(by.at);
        return shown(trx, await changeSchedule(trx, before, { settings, nextDue, by }));
      }),
    remove: (id, { version, reason }, by) =>
      inTransaction(async (trx) =>
        removeSchedule(trx, await scheduleNamed(trx, id, version), { reason, by }),
      ),
    runNow: (id, by) =>
      inTransaction(async (trx) => {
        const schedule = await scheduleNamed(trx, id);
        if (!schedule.settings.enabled)
          throw new CodedError('SCHEDULE_INVALID', { schedule: id, reason: 'it is paused; resume it first' });
        const run = newRun(schedule, { due: by.at, at: by.at, madeUp: false, askedBy: by.actor });
        if (run.from >= run.to) throw new CodedError('RANGE_EMPTY', { from: run.from, to: run.to });
        await claimRun(trx, { schedule: id, run });
        await moveSchedule(trx, id, { coveredTo: run.to });
        const detail = { due: run.due, from: run.from, to: run.to };
        await appendAction(trx, { ...by, action: 'schedule.run', subject: id, detail });
        return shown(trx, schedule);
      }),
  };
}

export interface Claim {
  readonly due: Instant;
  readonly at: Instant;
  readonly madeUp: boolean;
  readonly askedBy: string | null;
}

/** A due time that is claimed; its period is settled from here on, whenever the pack is made. */
export function newRun(
  { settings, coveredTo }: Pick<KeptSchedule, 'settings' | 'coveredTo'>,
  { due, at, madeUp, askedBy }: Claim,
): ScheduleRun {
  const { period, timezone } = settings;
  const range = period === 'since-last' ? { from: coveredTo, to: due } : periodBefore(period, due, timezone);
  return {
    ...{ due, ...range, status: 'waiting', claimedAt: at, madeUp, askedBy, attempts: 0, failure: null },
    ...{ retryAt: at, finishedAt: null, file: null, bytes: null, records: null, sha256: null },
    ...{ removedAt: null, skipped: null },
  };
}

/** Whether due times that were not claimed yet stay what they are. A pause leaves out those that fall into it. */
function keepsTime(before: ScheduleSettings, after: ScheduleSettings): boolean {
  return before.cron === after.cron && before.timezone === after.timezone && before.enabled && after.enabled;
}

async function shown(db: Db, one: KeptSchedule): Promise<Schedule> {
  const { nextDue, coveredTo: _, ...rest } = one;
  const { enabled } = one.settings;
  const after = nextDue === null || !enabled ? [] : dueTimes(one.settings).few(nextDue, NEXT - 1);
  return {
    ...rest,
    next: nextDue === null || !enabled ? [] : [nextDue, ...after],
    unfinished: await unfinishedRuns(db, one.id),
    runs: await runsOf(db, one.id, { limit: LATEST_RUNS }),
  };
}
