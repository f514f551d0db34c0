import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { appendFeed, type FeedNews } from '../../../server/store/feed.ts';
import { problemSchema } from '../../../shared/api.ts';
import { instant } from '../../../shared/time.ts';
import { listen } from '../../support/browser.ts';
import { run } from '../../support/processes.ts';
import { manyNews } from '../../support/seed.ts';
import { until } from '../../support/until.ts';
import { eventsOf } from './events.ts';
import { openWorld, type World } from './world.ts';

const LIMITS = {
  readers: 50,
  readersOfAccount: 50,
  pollMs: 60_000,
  gatherMs: 0,
  keepAliveMs: 60_000,
  slowAfterMs: 60_000,
};

async function tell(world: World, news: readonly FeedNews[]): Promise<void> {
  await appendFeed(world.store.db, instant(world.now), news);
  world.store.feed.ring();
}

/** Numbers below one, the same for the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test.each([1, 7, 42])(
  'readers whose connections die at random points while entries are written see each once and in order (seed %i)',
  async (seed) => {
    const total = 3_000;
    await using world = await openWorld({ feed: LIMITS });
    const cookie = await world.signIn();
    await using server = await listen(world.app);
    const random = chance(seed);
    const writing = async () => {
      const news = manyNews(total);
      while (news.length > 0) {
        await tell(world, news.splice(0, 1 + Math.floor(random() * 40)));
        await new Promise(setImmediate);
      }
    };
    const reader = async () => {
      const seen: number[] = [];
      let lives = 0;
      while (seen.length < total) {
        lives += 1;
        await oneLife(`${server.url}/api/v1/feed?cursor=0`, {
          cookie,
          last: seen.at(-1),
          diesAfterBytes: 1 + Math.floor(random() * 40_000),
          seen: (id) => seen.push(id),
          done: () => seen.length >= total,
        });
      }
      return { seen, lives };
    };
    const [, ...readers] = await Promise.all([writing(), reader(), reader(), reader(), reader()]);
    const all = Array.from({ length: total }, (_, index) => index + 1);
    for (const { seen, lives } of readers) {
      expect(seen).toEqual(all);
      expect(lives).toBeGreaterThan(3);
    }
  },
);

interface Life {
  readonly cookie: string;
  readonly last: number | undefined;
  readonly diesAfterBytes: number;
  readonly seen: (id: number) => void;
  readonly done: () => boolean;
}

/** Connects, reads whole events, and breaks the connection after so many bytes, mostly in the middle of one. */
async function oneLife(url: string, { cookie, last, diesAfterBytes, seen, done }: Life): Promise<void> {
  const headers = { cookie, ...(last === undefined ? {} : { 'last-event-id': String(last) }) };
  const request = get(url, { headers, agent: false });
  const [answer]: IncomingMessage[] = await once(request, 'response');
  let [text, bytes] = ['', 0];
  for await (const piece of answer ?? []) {
    const allowed = String(piece).slice(0, diesAfterBytes - bytes);
    bytes += allowed.length;
    const events = (text + allowed).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const id = /^id: (\d+)$/m.exec(event)?.[1];
      if (id !== undefined) seen(Number(id));
    }
    if (bytes >= diesAfterBytes || done()) break;
  }
  request.destroy();
}

test('a reader that never reads is cut, its connection ends, and no more than a little waits for it', async () => {
  await using world = await openWorld({ feed: { ...LIMITS, slowAfterMs: 200, graceMs: 50 } });
  const cookie = await world.signIn();
  await using server = await listen(world.app);
  const wide = Array.from({ length: 500 }, (_, index) => ({
    topic: 'finding' as const,
    ref: String(index).padEnd(1_000, '.'),
  }));
  for (let round = 0; round < 40; round += 1) await tell(world, wide);

  const accepted: Socket[] = [];
  server.connections((socket) => accepted.push(socket));
  const deaf = connect(Number(new URL(server.url).port), '127.0.0.1').pause();
  deaf.on('error', () => {});
  deaf.write(`GET /api/v1/feed?cursor=0 HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`);
  let waiting = 0;
  await until(() => {
    waiting = Math.max(waiting, accepted[0]?.writableLength ?? 0);
    return world.lines.some((line) => line.includes('slow feed reader cut'));
  });
  await until(() => accepted[0]?.destroyed);
  expect(accepted[0]?.bytesWritten).toBeLessThan(15_000_000);
  expect(waiting).toBeGreaterThan(0);
  // 20 MB were due.
  expect(waiting).toBeLessThan(1_500_000);
  deaf.destroy();
});

test('what another process writes arrives without a bell', async () => {
  await using world = await openWorld({ feed: { ...LIMITS, pollMs: 20 } });
  const answer = await world.get('/api/v1/feed?cursor=0', await world.signIn());
  const events = eventsOf(answer);
  await using writer = await run(['test/support/tell-feed.ts', world.dir, 'from-elsewhere'], { ready: true });
  expect(writer.firstLine).toBe('told');
  const [event] = await events.take(1);
  expect(event?.data).toContain('"ref":"from-elsewhere"');
  await events.close();
});

test('a reader whose connection breaks makes room', async () => {
  await using world = await openWorld({ feed: { ...LIMITS, readers: 1 } });
  const cookie = await world.signIn();
  await using server = await listen(world.app);
  const gone = new AbortController();
  const url = `${server.url}/api/v1/feed?cursor=0`;
  const events = eventsOf(await fetch(url, { headers: { cookie }, signal: gone.signal }));
  await tell(world, manyNews(1));
  expect(await events.take(1)).toMatchObject([{ id: '1' }]);
  const refused = await fetch(url, { headers: { cookie } });
  expect(refused.status).toBe(429);
  expect(z.parse(problemSchema, await refused.json()).code).toBe('FEED_FULL');
  gone.abort();
  await vi.waitFor(async () => {
    const next = await fetch(url, { headers: { cookie } });
    await next.body?.cancel();
    expect(next.status).toBe(200);
  });
});
