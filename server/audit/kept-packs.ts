import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { ScheduleRun } from '../../shared/api/schedules.ts';
import { codedError } from '../../shared/errors.ts';
import { DAY, instant, millis } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { appendAction } from '../store/actions.ts';
import { runsOf, writeRun } from '../store/schedule-runs.ts';
import type { KeptSchedule } from '../store/schedules.ts';
import type { Db } from '../store/store.ts';
import { scheduleActor } from './schedule-claims.ts';
import { sealIn } from './whose-pack.ts';

/**
 * Removes packs of a schedule that neither of its limits keeps. Called after a pack was made, so a schedule that fails removes nothing.
 * A file is touched only if it is the very one that was written.
 */
export async function removeOldPacks(
  { id, settings }: KeptSchedule,
  { db, clock, log }: { readonly db: Db; readonly clock: Clock; readonly log: Log },
): Promise<void> {
  const { keepLast, keepDays } = settings;
  if (keepLast === null && keepDays === null) return;
  const there = (await runsOf(db, id, { status: 'done' })).filter(({ removedAt }) => removedAt === null);
  const since = keepDays === null ? undefined : clock() - keepDays * DAY;
  const isKept = ({ finishedAt }: ScheduleRun, index: number): boolean =>
    (keepLast !== null && index < keepLast) ||
    (since !== undefined && finishedAt !== null && millis(finishedAt) >= since);
  // The latest always stays: it was made just now.
  for (const run of there.filter((one, index) => index > 0 && !isKept(one, index))) {
    try {
      const at = instant(clock());
      const removed = await removeOwn(run);
      await db.transaction().execute(async (trx) => {
        await writeRun(trx, { schedule: id, run: { ...run, removedAt: at } });
        const detail = { due: run.due, file: run.file, sha256: run.sha256, removed };
        const by = { actor: scheduleActor(id), source: 'the clock', at };
        await appendAction(trx, { ...by, action: 'schedule.remove-pack', subject: id, detail });
      });
    } catch (error) {
      log.warn(
        { err: codedError(error), schedule: id, file: run.file },
        'a pack that was kept long enough was not removed, the next run tries again',
      );
    }
  }
}

/** False for a file that is not there any more, or is another one by now. */
async function removeOwn({ file, bytes, sha256 }: ScheduleRun): Promise<boolean> {
  if (file === null || sha256 === null || !existsSync(file)) return false;
  if ((await stat(file)).size !== bytes || (await sealIn(file)) !== sha256) return false;
  await rm(file);
  return true;
}
