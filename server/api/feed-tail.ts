import { setTimeout as pause } from 'node:timers/promises';
import { CodedError, codedError } from '../../shared/errors.ts';
import type { Log } from '../log.ts';
import { type Bell, newBell } from '../store/bell.ts';
import { feedAfter, feedEnds } from '../store/feed.ts';
import type { Db, Store } from '../store/store.ts';
import { newWait } from './bell-wait.ts';
import { chunkOf, type FeedChunk, recentEntries } from './recent-entries.ts';

/** The end of the feed, read once for all who follow it. */
export interface FeedTail {
  /** Rung when it grew, or failed. */
  readonly grown: Bell;
  /** Counts a reader in until the returned function is called; nobody reads the store while nobody follows. */
  join(): () => void;
  /** The next entries after a cursor, as events; undefined where there are none yet. Throws what reading the store threw. */
  after(cursor: number): Promise<FeedChunk | 'gone' | undefined>;
}

const PAGE = 500;

/**
 * One loop with one source: read the store after the newest entry, keep what was found as it is sent, wait for the bell, read again.
 * Whoever is behind what is kept is given pages of the store, so history and live are the same: nothing falls between them.
 */
export function newFeedTail(options: {
  readonly store: Store;
  readonly log: Log;
  /** How often another process's writes are looked for, and how long the entries of a storm are gathered. */
  readonly limits: { readonly pollMs: number; readonly gatherMs: number };
}): FeedTail {
  const { store } = options;
  const grown = newBell();
  let readers = 0;
  let run: Run | undefined;
  return {
    grown,
    join: () => {
      readers += 1;
      run ??= startRun(options, grown);
      let counted = true;
      return () => {
        if (!counted) return;
        counted = false;
        readers -= 1;
        if (readers > 0) return;
        run?.stop();
        run = undefined;
      };
    },
    after: async (cursor) => {
      const recent = await run?.recent();
      if (recent && cursor >= recent.last()) return undefined;
      return recent?.after(cursor) ?? storedAfter(store.db, cursor);
    },
  };
}

/** A page from the store; 'gone' where entries after the cursor were cleared away. */
async function storedAfter(db: Db, cursor: number): Promise<FeedChunk | 'gone' | undefined> {
  const entries = await feedAfter(db, cursor, PAGE);
  const { first } = await feedEnds(db);
  if (first > cursor + 1) return 'gone';
  return entries.length === 0 ? undefined : chunkOf(entries);
}

type Recent = ReturnType<typeof recentEntries>;

interface Run {
  /** What is kept of the end. Throws while the store cannot be read. */
  recent(): Promise<Recent>;
  stop(): void;
}

function startRun({ store, log, limits }: Parameters<typeof newFeedTail>[0], grown: Bell): Run {
  const stopped = new AbortController();
  const { signal } = stopped;
  const rings = newWait(store.feed, signal);
  let failure: CodedError | undefined;
  let kept: Recent | undefined;

  const begin = async (): Promise<Recent> => recentEntries((await feedEnds(store.db)).last);
  const read = async (recent: Recent): Promise<void> => {
    for (let more = true; more && !signal.aborted; ) {
      const entries = await feedAfter(store.db, recent.last(), PAGE);
      recent.add(entries);
      if (entries.length > 0) grown.ring();
      more = entries.length === PAGE;
    }
  };
  const round = async (): Promise<void> => {
    try {
      kept ??= await begin();
      await read(kept);
      failure = undefined;
    } catch (thrown) {
      if (signal.aborted) return;
      if (!failure) log.error({ err: codedError(thrown) }, 'feed failed');
      failure = codedError(thrown);
      grown.ring();
    }
  };
  const loop = async (first: Promise<void>): Promise<void> => {
    await first;
    while (!signal.aborted) {
      // Entries of a storm are sent together: each write to each reader costs more than the entry.
      await pause(limits.gatherMs, undefined, { ref: false });
      await rings.rung(limits.pollMs);
      rings.forget();
      await round();
    }
    rings.hangUp();
  };

  const first = round();
  void loop(first);
  return {
    recent: async () => {
      await first;
      if (failure || !kept) throw failure ?? new CodedError('STORE_UNAVAILABLE');
      return kept;
    },
    stop: () => stopped.abort(),
  };
}
