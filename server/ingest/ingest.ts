import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import { CodedError, codedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { markDirty, type Subject } from '../store/dirty.ts';
import { appendFeed, type FeedNews } from '../store/feed.ts';
import type { Store, Trx } from '../store/store.ts';

/** What one piece of work changed, to be told in the same transaction. */
export interface Effects {
  readonly dirty: readonly Subject[];
  readonly news: readonly FeedNews[];
}

/** Something that an endpoint or its connection brings into the store. It runs inside a transaction that others may share. */
export type Work<R> = (trx: Trx) => Done<R> | Promise<Done<R>>;

export interface Done<R> {
  readonly result: R;
  readonly effects: Effects;
}

export interface Ingest extends AsyncDisposable {
  /** Resolves after the commit, so that what is acknowledged is durable. Rejects when nothing of this work was kept. */
  commit<R>(work: Work<R>): Promise<R>;
}

interface Entry {
  run(trx: Trx): Effects | Promise<Effects>;
  done(): void;
  failed(error: CodedError): void;
}

/** Works per transaction: enough to share the disk's flush, few enough to keep the ack quick. */
const GROUP = 128;
/** From the beginning of one commit to that of the next: each writes whole pages, which works that come together share. */
const SPACING_MS = 5;

/**
 * Group commit. Whatever waits when the last commit is done goes into the next one, so a quiet collector commits at once and a
 * busy one shares each flush among many endpoints. When a group fails, its works are tried one by one: one bad piece of work
 * never takes its neighbors' acknowledgements away.
 */
export function startIngest({
  store,
  clock,
  log,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}): Ingest {
  const waiting: Entry[] = [];
  let running: Promise<void> | undefined;
  let closed = false;
  let begunAt = Number.NEGATIVE_INFINITY;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const earlyMs = begunAt + SPACING_MS - performance.now();
      if (earlyMs >= 1 && waiting.length < GROUP) await pause(earlyMs);
      // SQLite answers within the turn, so without another turn a group would hold what one socket brought, and each flush the same.
      await setImmediate();
      const group = waiting.splice(0, GROUP);
      begunAt = performance.now();
      const failure = await attempt(group);
      if (!failure) continue;
      if (group.length === 1) {
        group[0]?.failed(failure);
        continue;
      }
      for (const entry of group) {
        const own = await attempt([entry]);
        if (own) entry.failed(own);
      }
    }
    running = undefined;
  }

  /** Commits a group as one transaction. Returns why it could not. */
  async function attempt(group: readonly Entry[]): Promise<CodedError | undefined> {
    try {
      const effects = await store.db.transaction().execute(async (trx) => {
        const all: Effects[] = [];
        for (const entry of group) {
          const effects = entry.run(trx);
          all.push(effects instanceof Promise ? await effects : effects);
        }
        const merged = merge(all);
        const at = instant(clock());
        await markDirty(trx, at, merged.dirty);
        await appendFeed(trx, at, merged.news);
        return merged;
      });
      for (const entry of group) entry.done();
      if (effects.dirty.length > 0) store.dirty.ring();
      if (effects.news.length > 0) store.feed.ring();
      return undefined;
    } catch (error) {
      const failure = codedError(error, 'STORE_UNAVAILABLE');
      if (failure.kind.level === 'error')
        log.error(
          { code: failure.code, err: failure, works: group.length },
          'commit failed, nothing of it was acknowledged',
        );
      return failure;
    }
  }

  return {
    commit<R>(work: Work<R>): Promise<R> {
      if (closed) return Promise.reject(new CodedError('SHUTTING_DOWN'));
      return new Promise<R>((resolve, reject) => {
        let outcome: { readonly result: R } | undefined;
        waiting.push({
          run: (trx) => {
            const keep = ({ result, effects }: Done<R>): Effects => {
              outcome = { result };
              return effects;
            };
            const done = work(trx);
            return done instanceof Promise ? done.then(keep) : keep(done);
          },
          done: () => outcome && resolve(outcome.result),
          failed: reject,
        });
        running ??= drain();
      });
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await running;
    },
  };
}

function merge(all: readonly Effects[]): Effects {
  const dirty = new Map(
    all.flatMap(({ dirty }) => dirty.map((subject) => [`${subject.scope} ${subject.subject}`, subject])),
  );
  const news = new Map(
    all.flatMap(({ news }) => news.map((entry) => [`${entry.topic} ${entry.ref}`, entry])),
  );
  return { dirty: [...dirty.values()], news: [...news.values()] };
}
