import { codedError } from '../shared/errors.ts';
import { DAY, HOUR, instant } from '../shared/time.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import { purge } from './retention/purge.ts';
import type { Retention } from './retention/retention-config.ts';
import { forgetFeed } from './store/feed.ts';
import { notePurge, purgedSince } from './store/meta.ts';
import type { Store } from './store/store.ts';
import type { Signer } from './store/tombstones.ts';

/** A console that was away for longer loads its views anew. */
const FEED_KEPT_MS = 7 * DAY;

export interface HousekeepingOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** What is purged once a day, and who signs the tombstones; nothing without it. */
  readonly retention?: { readonly days: Retention; readonly signer: () => Signer };
}

/** Clears what nobody needs any more, at start and once an hour, and once a day what is older than it is to be kept. */
export function startHousekeeping({ store, clock, log, retention }: HousekeepingOptions): AsyncDisposable {
  let running = Promise.resolve();
  const stopping = new AbortController();
  const { signal } = stopping;
  const round = (): void => {
    running = running
      .then(() => forgetFeed(store.db, instant(clock() - FEED_KEPT_MS)))
      .catch((error: unknown) => {
        log.warn({ err: codedError(error) }, 'old feed entries were not cleared, the next hour tries again');
      })
      .then(async () => {
        const now = clock();
        if (!retention || signal.aborted || (await purgedSince(store.db, instant(now - DAY)))) return;
        const rows = await purge({
          store,
          retention: retention.days,
          now,
          signer: retention.signer(),
          signal,
        });
        if (signal.aborted) return;
        await notePurge(store.db, instant(now));
        log.info({ rows }, 'what was kept long enough was purged');
      })
      .catch((error: unknown) => {
        log.warn({ err: codedError(error) }, 'purge was broken off, the next hour goes on');
      });
  };
  round();
  const timer = setInterval(round, HOUR);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
