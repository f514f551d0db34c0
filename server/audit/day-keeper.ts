import { codedError } from '../../shared/errors.ts';
import { instant, MINUTE } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { latestDayRoot } from '../store/day-roots.ts';
import type { Store } from '../store/store.ts';
import { type Anchor, anchorDays } from './anchors.ts';
import { collectorKeys } from './collector-keys.ts';
import { keepDays } from './keep-days.ts';

export interface DayKeeper extends AsyncDisposable {
  /** The last day that was signed, and how many signed days an anchor does not have yet. */
  state(): { readonly signedThrough: string | null; readonly unanchored: number };
}

const EVERY_MS = 10 * MINUTE;

/** Signs days that are over and anchors them: at start, for what a stopped collector missed, and every ten minutes. Throws FILE_UNREADABLE. */
export function startDayKeeper({
  store: { db },
  ...options
}: {
  readonly store: Store;
  readonly dataDir: string;
  readonly anchors: readonly Anchor[];
  readonly clock: Clock;
  readonly log: Log;
}): DayKeeper {
  const { dataDir, anchors, clock, log } = options;
  collectorKeys(dataDir, instant(clock()));
  const stopping = new AbortController();
  const { signal } = stopping;
  let state = { signedThrough: noDay(), unanchored: 0 };
  const round = async () => {
    try {
      // Read each time, since somebody may have rotated the key.
      const signer = collectorKeys(dataDir, instant(clock()));
      await keepDays({ db, signer, clock, signal });
      const unanchored = await anchorDays(db, { anchors, clock, log, signal });
      state = { signedThrough: (await latestDayRoot(db))?.day ?? null, unanchored };
    } catch (error) {
      log.error({ err: codedError(error) }, 'days that are over were not signed, the next round tries again');
    }
  };
  let running = round();
  const timer = setInterval(() => {
    running = running.then(round);
  }, EVERY_MS);
  return {
    state: () => state,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

function noDay(): string | null {
  return null;
}
