import { existsSync, readdirSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ScheduleRun } from '../../shared/api/schedules.ts';
import { CodedError, codedError } from '../../shared/errors.ts';
import { type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { appendAction } from '../store/actions.ts';
import type { By } from '../store/proposals.ts';
import { type RunOf, writeRun } from '../store/schedule-runs.ts';
import { type KeptSchedule, noteOutcome } from '../store/schedules.ts';
import type { Db } from '../store/store.ts';
import { removeOldPacks } from './kept-packs.ts';
import { noteExport } from './make-pack.ts';
import type { PackFolders } from './pack-folders.ts';
import { type PackThread, packThread } from './pack-thread.ts';
import { scheduleActor } from './schedule-claims.ts';
import { sealIn, whoseIs } from './whose-pack.ts';

export interface Making {
  readonly db: Db;
  readonly dataDir: string;
  readonly configured: Readonly<Record<string, unknown>>;
  readonly folders: PackFolders;
  readonly clock: Clock;
  readonly log: Log;
  /** So that it can be stopped. */
  readonly onThread: (thread: PackThread) => void;
  readonly signal: AbortSignal;
}

/** Makes the pack of one due time, and removes what its schedule need not keep longer. Throws only when the store fails. */
export async function makeScheduled(schedule: KeptSchedule, run: ScheduleRun, making: Making): Promise<void> {
  const { db, clock, log, signal } = making;
  const by: By = { actor: scheduleActor(schedule.id), source: 'the clock', at: instant(clock()) };
  try {
    const done = await made(schedule, run, { by, making });
    if (!done) return;
    await db.transaction().execute(async (trx) => {
      await writeRun(trx, { schedule: schedule.id, run: done });
      await noteOutcome(trx, schedule.id, done.finishedAt ?? by.at);
      const { due, madeUp, attempts, file, bytes, records, sha256 } = done;
      const detail = { due, madeUp, attempts, file, bytes, records, sha256 };
      await appendAction(trx, {
        ...by,
        at: instant(clock()),
        action: 'schedule.pack',
        subject: schedule.id,
        detail,
      });
    });
    if (run.failure !== null)
      log.info({ schedule: schedule.id, due: run.due }, 'a pack that had failed is made');
  } catch (error) {
    if (signal.aborted) return;
    await failed(schedule, run, { by, error, making });
    return;
  }
  await removeOldPacks(schedule, { db, clock, log });
}

interface At {
  readonly by: By;
  readonly making: Making;
}

/** Undefined when the collector stops meanwhile: the run stays where it is, and the next start goes on with it. */
async function made(
  schedule: KeptSchedule,
  run: ScheduleRun,
  { by, making }: At,
): Promise<ScheduleRun | undefined> {
  const { db, dataDir, configured, folders, clock, log, onThread, signal } = making;
  const { id, settings } = schedule;
  const path = join(folderIn(folders, settings.folder), scheduledName(id, run.due));
  const about = { id, name: settings.name, due: run.due, madeUpAt: run.madeUp ? by.at : null };
  const attempt = { ...run, status: 'running', file: path, attempts: run.attempts + 1 } as const;
  const finished = async (records: number): Promise<ScheduleRun> => ({
    ...attempt,
    ...{ status: 'done', failure: null, retryAt: null, finishedAt: instant(clock()) },
    ...{ records, bytes: (await stat(path)).size, sha256: await sealIn(path) },
  });
  // It got its name, and the collector died before it could say so.
  const there = existsSync(path) ? await whoseIs(path) : undefined;
  if (there?.schedule?.id === id && there.schedule.due === run.due) return finished(there.records);
  const { contractors, endpoints, cases, redact } = settings;
  const scope = { from: run.from, to: run.to, contractors, endpoints, cases, redact };
  if (run.attempts === 0) await noteExport(db, { scope, by, schedule: about });
  await writeRun(db, { schedule: id, run: attempt });
  removeTemporaries(path);
  const thread = packThread({ dataDir, configured, path, scope, by, schedule: about }, { log });
  onThread(thread);
  const ended = await thread.ended;
  if (ended.type === 'done') return finished(ended.records);
  removeTemporaries(path);
  if (signal.aborted) return undefined;
  throw new CodedError(ended.code, { path });
}

function folderIn(folders: PackFolders, folder: string | null): string {
  try {
    return folders.resolve(folder);
  } catch (cause) {
    const { context } = codedError(cause);
    throw new CodedError('PACK_UNWRITABLE', { folder, reason: context['reason'] }, { cause });
  }
}

async function failed(
  schedule: KeptSchedule,
  run: ScheduleRun,
  { by, error, making }: At & { readonly error: unknown },
): Promise<void> {
  const { db, clock, log } = making;
  const err = codedError(error);
  const now = clock();
  const attempts = run.attempts + 1;
  const retryAt = instant(now + backoff(attempts));
  const next = { ...run, status: 'failed', attempts, failure: err.code, retryAt } as const;
  log.error(
    { err, schedule: schedule.id, due: run.due, attempts, retryAt },
    'a scheduled pack was not made, it is tried again',
  );
  await db.transaction().execute(async (trx) => {
    await writeRun(trx, { schedule: schedule.id, run: next });
    await noteOutcome(trx, schedule.id, undefined);
    // The same failure once: a folder that is gone for weeks must not fill the action log.
    if (run.failure === err.code) return;
    const detail = { due: run.due, failure: err.code, attempts, context: err.context };
    await appendAction(trx, {
      ...by,
      at: instant(now),
      action: 'schedule.fail',
      subject: schedule.id,
      detail,
    });
  });
}

/** One minute, then twice as long each time, an hour at most. */
function backoff(attempts: number): number {
  return Math.min(2 ** Math.min(attempts - 1, 10), 60) * MINUTE;
}

/** The name says which schedule and which due time, so that a second pack of it has no name to go by. */
function scheduledName(id: string, due: Instant): string {
  return `farhand-${id}-${due.replaceAll(/[-:.]/g, '').replace('000Z', 'Z')}.zip`;
}

/** After a collector that died in the midst: what it left is removed, and the run is made again. */
export async function takeUpCut(
  { schedule, run }: RunOf,
  { db, clock, log }: Pick<Making, 'db' | 'clock' | 'log'>,
) {
  if (run.file !== null && existsSync(dirname(run.file))) removeTemporaries(run.file);
  const retryAt = instant(Math.min(clock(), millis(run.retryAt ?? run.claimedAt)));
  await writeRun(db, { schedule, run: { ...run, status: 'waiting', retryAt } });
  log.warn({ schedule, due: run.due }, 'a pack was cut off when the collector stopped, it is made again');
}

/** What `writeArchive` writes before it gives the name: no other program's file is called that. */
function removeTemporaries(path: string): void {
  const own = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path)))
    if (name.startsWith(own) && /^\d+\.part$/.test(name.slice(own.length))) rmSync(join(dirname(path), name));
}
