import { codedError } from '../shared/errors.ts';
import { DAY, HOUR, instant } from '../shared/time.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import { forgetFeed } from './store/feed.ts';
import type { Store } from './store/store.ts';

/** A console that was away for longer loads its views anew. */
const FEED_KEPT_MS = 7 * DAY;

/** Clears what nobody needs any more, at start and once an hour. Evidence, findings and the action log are never touched here. */
export function startHousekeeping({
  store,
  clock,
  log,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}): AsyncDisposable {
  let running = Promise.resolve();
  const round = (): void => {
    running = forgetFeed(store.db, instant(clock() - FEED_KEPT_MS)).catch((error: unknown) => {
      log.warn({ err: codedError(error) }, 'old feed entries were not cleared, the next hour tries again');
    });
  };
  round();
  const timer = setInterval(round, HOUR);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}
