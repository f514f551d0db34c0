import * as z from 'zod/mini';
import { API_PREFIX, type FeedEntry, feedEntrySchema, feedResetSchema } from '../../../shared/api.ts';

export interface FeedListener {
  opened(): void;
  entry(entry: FeedEntry): void;
  /** The cursor was not from this database: everything must be loaded again; it goes on after this one. */
  reset(cursor: number): void;
  /** The connection is gone and will be tried again. */
  lost(): void;
}

export interface Feed {
  /** Another answer told of an entry: if it does not come soon, the connection is dead without a sign and is opened anew. */
  expect(cursor: number): void;
  stop(): void;
}

const FIRST_RETRY_MS = 400;
const LATE_MS = 3_000;
const LAST_RETRY_MS = 10_000;

/**
 * Follows the feed from `cursor` until it is stopped. A lost connection is opened again from the last
 * entry that arrived, with growing, jittered waits, at once when the browser says that the network is back.
 */
export function followFeed(cursor: number, listener: FeedListener): Feed {
  let last = cursor;
  let failures = 0;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lateness: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    clearTimeout(timer);
    source?.close();
    const opened = new EventSource(`${API_PREFIX}/feed?cursor=${last}`);
    source = opened;
    opened.addEventListener('open', () => {
      failures = 0;
      listener.opened();
    });
    opened.addEventListener('message', (event) => {
      const entry = parsed(feedEntrySchema, event);
      if (!entry || entry.id <= last) return;
      last = entry.id;
      listener.entry(entry);
    });
    opened.addEventListener('reset', (event) => {
      const reset = parsed(feedResetSchema, event);
      if (!reset) return;
      last = reset.cursor;
      listener.reset(last);
    });
    // Both the collector's own `error` event and the browser's come here; either way the answer is to reconnect.
    opened.addEventListener('error', () => {
      opened.close();
      failures += 1;
      listener.lost();
      clearTimeout(timer);
      timer = setTimeout(open, waitMs(failures));
    });
  };
  const stop = () => {
    clearTimeout(timer);
    clearTimeout(lateness);
    source?.close();
    window.removeEventListener('online', open);
  };

  window.addEventListener('online', open);
  open();
  return {
    expect: (known) => {
      if (known <= last) return;
      clearTimeout(lateness);
      lateness = setTimeout(() => {
        if (known > last && source?.readyState === EventSource.OPEN) open();
      }, LATE_MS);
    },
    stop,
  };
}

function parsed<S extends z.core.$ZodType>(schema: S, event: Event): z.output<S> | undefined {
  if (!(event instanceof MessageEvent) || typeof event.data !== 'string') return undefined;
  const result = z.safeParse(schema, jsonOf(event.data));
  return result.success ? result.data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function waitMs(failures: number): number {
  const most = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
  return most / 2 + Math.random() * (most / 2);
}
