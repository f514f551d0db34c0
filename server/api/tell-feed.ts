import type { FeedEntry } from '../../shared/api.ts';
import { type CodedError, codedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import type { Bell } from '../store/bell.ts';
import { feedAfter, feedEnds } from '../store/feed.ts';
import { findSession } from '../store/sessions.ts';
import type { Api } from './options.ts';
import { problemOf } from './problem.ts';

export interface FeedReader {
  readonly account: string;
  /** What its session cookie holds: the feed ends with the session. */
  readonly secret: string;
  /** The last entry that it knows; undefined starts with what comes from now on. */
  readonly cursor: number | undefined;
}

const PAGE = 500;

/**
 * What a reader is told, piece by piece until `stop`. One loop with one source: read the store after the cursor, tell what was
 * found, wait for the bell, read again. History and live are the same, so nothing falls between them and nothing comes twice.
 */
export async function* tellFeed(api: Api, reader: FeedReader, stop: AbortSignal): AsyncGenerator<string> {
  const { store, feedLimits } = api;
  const bell = newWait(store.feed, stop);
  try {
    const { cursor: start, words } = await beginning(api, reader.cursor);
    let cursor = start;
    let checkedAt = performance.now();
    yield words;
    while (!stop.aborted) {
      bell.forget();
      const entries = await feedAfter(store.db, cursor, PAGE);
      if (entries.length > 0) yield entries.map(entryEvent).join('');
      cursor = entries.at(-1)?.id ?? cursor;
      if (performance.now() - checkedAt >= feedLimits.keepAliveMs) {
        checkedAt = performance.now();
        if (!(await findSession(store.db, reader.secret, instant(api.clock())))) return;
        yield ':\n\n';
      }
      if (entries.length < PAGE) await bell.rung(Math.min(feedLimits.pollMs, feedLimits.keepAliveMs));
    }
  } catch (thrown) {
    const error = codedError(thrown);
    api.log.error({ err: error }, 'feed failed');
    yield errorEvent(error);
  } finally {
    bell.hangUp();
  }
}

export function errorEvent(error: CodedError): string {
  return `event: error\ndata: ${JSON.stringify(problemOf(error))}\n\n`;
}

function entryEvent(entry: FeedEntry): string {
  return `id: ${entry.id}\ndata: ${JSON.stringify(entry)}\n\n`;
}

/** A cursor that this database cannot continue (beyond its end, or before what it still has) is set to the end, and that is told. */
async function beginning(
  { store }: Api,
  known: number | undefined,
): Promise<{ readonly cursor: number; readonly words: string }> {
  const retry = 'retry: 1000\n\n';
  const { first, last } = await feedEnds(store.db);
  if (known === undefined) return { cursor: last, words: retry };
  if (known <= last && known >= first - 1) return { cursor: known, words: retry };
  const reset = `event: reset\nid: ${last}\ndata: ${JSON.stringify({ cursor: last })}\n\n`;
  return { cursor: last, words: retry + reset };
}

/** Waits for a bell. A ring between `forget` and `rung` counts, so nothing that is committed meanwhile is overslept. */
function newWait(bell: Bell, stop: AbortSignal) {
  let heard = false;
  let wake = () => {};
  const hear = () => {
    heard = true;
    wake();
  };
  const hangUp = bell.listen(hear);
  stop.addEventListener('abort', hear, { once: true });
  return {
    forget: () => {
      heard = false;
    },
    rung: async (mostMs: number) => {
      if (heard || stop.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const timer = setTimeout(resolve, mostMs);
      await promise;
      clearTimeout(timer);
    },
    hangUp: () => {
      stop.removeEventListener('abort', hear);
      hangUp();
    },
  };
}
