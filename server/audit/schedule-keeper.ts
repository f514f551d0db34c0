import { codedError } from '../../shared/errors.ts';
import { instant, SECOND } from '../../shared/time.ts';
import { nextRun, runsCut } from '../store/schedule-runs.ts';
import { scheduleNamed } from '../store/schedules.ts';
import type { PackThread } from './pack-thread.ts';
import { claimDue } from './schedule-claims.ts';
import { type Making, makeScheduled, takeUpCut } from './scheduled-pack.ts';
import type { Turns } from './turns.ts';

export interface KeeperOptions extends Omit<Making, 'onThread' | 'signal'> {
  readonly turns: Turns;
}

const EVERY_MS = SECOND / 2;
/** A store that fails does so for a while. */
const AFTER_FAILURE_MS = 30 * SECOND;

/** Makes the packs of schedules when they are due: those that were cut or missed first. Disposing breaks off the one that is being made. */
export function startScheduleKeeper({ turns, ...options }: KeeperOptions): AsyncDisposable {
  const { db, clock, log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const startedAt = instant(clock());
  let thread: PackThread | undefined;
  let making: Promise<void> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  const quietly = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failedAt = performance.now();
      if (!signal.aborted) log.error({ err: codedError(error) }, 'schedules of packs were not seen to');
    }
  };
  const makeNext = async (): Promise<void> => {
    if (signal.aborted || making) return;
    const found = await nextRun(db, instant(clock()));
    if (!found) return;
    const turn = turns.take(`${found.schedule} ${found.run.due}`);
    if (!turn) return;
    making = quietly(async () => {
      using _ = turn;
      const schedule = await scheduleNamed(db, found.schedule);
      const onThread = (started: PackThread) => {
        thread = started;
      };
      await makeScheduled(schedule, found.run, { ...options, onThread, signal });
    }).finally(() => {
      thread = undefined;
      making = undefined;
    });
  };
  const look = () =>
    quietly(async () => {
      await claimDue({ db, log, now: instant(clock()), startedAt });
      await makeNext();
    });
  const takeUp = () =>
    quietly(async () => {
      for (const cut of await runsCut(db)) await takeUpCut(cut, options);
    });

  let busy = true;
  let looking = takeUp()
    .then(look)
    .finally(() => {
      busy = false;
    });
  const timer = setInterval(() => {
    if (busy || performance.now() - failedAt < AFTER_FAILURE_MS) return;
    busy = true;
    looking = look().finally(() => {
      busy = false;
    });
  }, EVERY_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopping.abort();
      await looking;
      await thread?.stop();
      await making;
    },
  };
}
