import * as z from 'zod/mini';
import { type FeedEntry, feedEntrySchema } from '../../../shared/api.ts';
import { type Feed, type FeedListener, followFeed } from './feed.ts';

const NAME = 'farhand-feed';
/** What a tab that joins late can still be told. */
const KEPT = 1_000;
const LATE_MS = 5_000;

/** What tabs tell each other; versions of the console may differ from tab to tab, so what is not understood is let be. */
const wordSchema = z.discriminatedUnion('word', [
  z.strictObject({ word: z.literal('entry'), entry: feedEntrySchema }),
  z.strictObject({ word: z.literal('reset'), cursor: z.number() }),
  z.strictObject({ word: z.literal('state'), live: z.boolean() }),
  z.strictObject({ word: z.literal('joined') }),
  /** All entries after `since`. */
  z.strictObject({
    word: z.literal('kept'),
    since: z.number(),
    entries: z.array(feedEntrySchema),
    live: z.boolean(),
  }),
]);
type Word = z.infer<typeof wordSchema>;

/**
 * As `followFeed`, with one stream for all tabs of a browser: over HTTP/1.1 a browser has six connections to a host, so the seventh
 * tab with a stream of its own would get none. Whoever holds the lock follows the feed and tells the others; when that tab goes, the
 * next one goes on from the last entry that it was told.
 */
export function followTogether(cursor: number, listener: FeedListener): Feed {
  // Locks exist only where the page came over TLS or from this machine.
  if (!('locks' in navigator)) return followFeed(cursor, listener);
  const channel = new BroadcastChannel(NAME);
  const stopped = new AbortController();
  const say = (word: Word) => channel.postMessage(word);
  let last = cursor;
  let leading: Leading | undefined;
  let lateness: ReturnType<typeof setTimeout> | undefined;

  const take = (entry: FeedEntry) => {
    if (entry.id <= last) return;
    last = entry.id;
    listener.entry(entry);
  };
  const reset = (to: number) => {
    last = to;
    listener.reset(to);
  };
  const state = (live: boolean) => (live ? listener.opened() : listener.lost());

  const lead = () =>
    new Promise<void>((resolve) => {
      stopped.signal.addEventListener('abort', () => resolve(), { once: true });
      leading = newLeading(last, { take, reset, state, say });
    });
  const abdicate = () => {
    leading?.feed.stop();
    leading = undefined;
  };
  /** Over when this tab stops, or when another one takes the lock away. */
  const waitToLead = (how: LockOptions) =>
    navigator.locks.request(NAME, how, lead).catch((thrown: unknown) => {
      abdicate();
      if (!(thrown instanceof DOMException) || thrown.name !== 'AbortError') throw thrown;
    });
  const campaign = async () => {
    while (!stopped.signal.aborted) await waitToLead({ signal: stopped.signal });
  };

  channel.addEventListener('message', ({ data }) => {
    const { data: told } = z.safeParse(wordSchema, data);
    if (told?.word === 'joined') leading?.greet();
    if (!told || leading) return;
    if (told.word === 'entry') take(told.entry);
    if (told.word === 'reset') reset(told.cursor);
    if (told.word === 'state') state(told.live);
    if (told.word === 'kept') {
      if (last < told.since) reset(told.since);
      for (const entry of told.entries) take(entry);
      state(told.live);
    }
  });
  say({ word: 'joined' });
  // Where a browser has locks but gives none, this tab follows by itself.
  campaign().catch(lead);
  return {
    expect: (known) => {
      leading?.feed.expect(known);
      if (leading || known <= last) return;
      clearTimeout(lateness);
      // Whoever leads is asleep, or its connection is dead without a sign.
      lateness = setTimeout(() => {
        if (known > last && !leading && !stopped.signal.aborted) void waitToLead({ steal: true });
      }, LATE_MS);
    },
    stop: () => {
      clearTimeout(lateness);
      stopped.abort();
      abdicate();
      channel.close();
    },
  };
}

interface Leading {
  readonly feed: Feed;
  /** Tells a tab that joined what it may have missed while it loaded. */
  greet(): void;
}

function newLeading(
  cursor: number,
  {
    take,
    reset,
    state,
    say,
  }: {
    readonly take: (entry: FeedEntry) => void;
    readonly reset: (cursor: number) => void;
    readonly state: (live: boolean) => void;
    readonly say: (word: Word) => void;
  },
): Leading {
  let since = cursor;
  let entries: FeedEntry[] = [];
  let live = false;
  const turn = (now: boolean) => {
    live = now;
    state(now);
    say({ word: 'state', live });
  };
  const feed = followFeed(cursor, {
    opened: () => turn(true),
    lost: () => turn(false),
    entry: (entry) => {
      entries.push(entry);
      if (entries.length > KEPT) since = entries.shift()?.id ?? since;
      take(entry);
      say({ word: 'entry', entry });
    },
    reset: (to) => {
      since = to;
      entries = [];
      reset(to);
      say({ word: 'reset', cursor: to });
    },
  });
  const greet = () => say({ word: 'kept', since, entries, live });
  // Whoever began before this tab's cursor would miss what lies between.
  greet();
  return { feed, greet };
}
