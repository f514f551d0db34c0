import { CodedError, codedError } from '../../shared/errors.ts';
import { feedEnds } from '../store/feed.ts';
import { newWait } from './bell-wait.ts';
import type { Api } from './options.ts';
import { problemOf } from './problem.ts';

export interface FeedReader {
  readonly account: string;
  /** Whether its session or token still is: the feed ends with it. */
  readonly stillGood: () => Promise<boolean>;
  /** The last entry that it knows; undefined starts with what comes from now on. */
  readonly cursor: number | undefined;
}

/** What a reader is told, piece by piece until `stop`: what its cursor has not seen, then what comes. */
export async function* tellFeed(api: Api, reader: FeedReader, stop: AbortSignal): AsyncGenerator<Uint8Array> {
  const { feedLimits, tail } = api;
  const leave = tail.join();
  const growth = newWait(tail.grown, stop);
  try {
    const start = await beginning(api, reader.cursor);
    let { cursor } = start;
    let checkedAt = performance.now();
    yield bytesOf(`retry: 1000\n\n${start.words}`);
    while (!stop.aborted) {
      growth.forget();
      const news = await tail.after(cursor);
      if (news === 'gone') {
        const reset = await resetToEnd(api);
        cursor = reset.cursor;
        yield bytesOf(reset.words);
      } else if (news) {
        cursor = news.last;
        yield news.bytes;
      }
      if (performance.now() - checkedAt >= feedLimits.keepAliveMs) {
        checkedAt = performance.now();
        if (!(await reader.stillGood())) return;
        yield bytesOf(':\n\n');
      }
      if (!news) await growth.rung(feedLimits.keepAliveMs);
    }
  } catch (thrown) {
    const error = codedError(thrown);
    if (!(thrown instanceof CodedError)) api.log.error({ err: error }, 'feed reader failed');
    yield bytesOf(errorEvent(error));
  } finally {
    growth.hangUp();
    leave();
  }
}

export function errorEvent(error: CodedError): string {
  return `event: error\ndata: ${JSON.stringify(problemOf(error))}\n\n`;
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

interface Position {
  readonly cursor: number;
  readonly words: string;
}

/** A cursor that this database cannot continue (beyond its end, or before what it still has) is set to the end, and that is told. */
async function beginning(api: Api, known: number | undefined): Promise<Position> {
  const { first, last } = await feedEnds(api.store.db);
  if (known === undefined) return { cursor: last, words: '' };
  if (known <= last && known >= first - 1) return { cursor: known, words: '' };
  return resetToEnd(api);
}

async function resetToEnd({ store }: Api): Promise<Position> {
  const { last } = await feedEnds(store.db);
  return { cursor: last, words: `event: reset\nid: ${last}\ndata: ${JSON.stringify({ cursor: last })}\n\n` };
}
