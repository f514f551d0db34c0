import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { appendFeed, type FeedNews } from '../../../server/store/feed.ts';
import { feedEntrySchema, feedResetSchema, problemSchema } from '../../../shared/api.ts';
import { HOUR, instant } from '../../../shared/time.ts';
import { manyNews } from '../../support/seed.ts';
import { type Event, type Events, eventsOf } from './events.ts';
import { openWorld, type World } from './world.ts';

const QUICK = { readers: 2, pollMs: 60_000, gatherMs: 0, keepAliveMs: 60_000, slowAfterMs: 60_000 };

async function tell(world: World, news: readonly FeedNews[]): Promise<void> {
  await appendFeed(world.store.db, instant(world.now), news);
  world.store.feed.ring();
}

async function follow(world: World, query: string, cookie: string) {
  return read(await world.get(`/api/v1/feed${query}`, cookie));
}

function read(answer: Response): Events {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  return eventsOf(answer);
}

function refs(events: readonly Event[]): string[] {
  return events.map(({ event, id, data }) => {
    expect(event).toBe('message');
    const entry = z.parse(feedEntrySchema, JSON.parse(data));
    expect(String(entry.id)).toBe(id);
    return entry.ref;
  });
}

const named = (count: number) => manyNews(count).map(({ ref }) => ref);

test('a reader gets the history after its cursor and then what comes, each entry once', async () => {
  await using world = await openWorld({ feed: QUICK });
  const cookie = await world.signIn();
  await tell(world, manyNews(1_200));
  const events = await follow(world, '?cursor=200', cookie);
  expect(refs(await events.take(1_000))).toEqual(named(1_200).slice(200));
  await tell(world, [{ topic: 'endpoint', ref: 'laptop-1' }]);
  await tell(world, [{ topic: 'contractor', ref: 'ada' }]);
  expect(refs(await events.take(2))).toEqual(['laptop-1', 'ada']);
  await events.close();
});

test('a reader without a cursor gets what comes from now on', async () => {
  await using world = await openWorld({ feed: QUICK });
  const cookie = await world.signIn();
  await tell(world, manyNews(3));
  const events = await follow(world, '', cookie);
  expect(await events.comment()).toBe('retry: 1000');
  await tell(world, [{ topic: 'endpoint', ref: 'laptop-1' }]);
  expect(refs(await events.take(1))).toEqual(['laptop-1']);
  await events.close();
});

test('a cursor of another database is reset to the end', async () => {
  await using world = await openWorld({ feed: QUICK });
  const cookie = await world.signIn();
  await tell(world, manyNews(3));
  const events = await follow(world, '?cursor=4', cookie);
  const [reset] = await events.take(1);
  expect(reset).toMatchObject({ event: 'reset', id: '3' });
  expect(z.parse(feedResetSchema, JSON.parse(reset?.data ?? ''))).toEqual({ cursor: 3 });
  await tell(world, [{ topic: 'endpoint', ref: 'laptop-1' }]);
  expect(refs(await events.take(1))).toEqual(['laptop-1']);
  await events.close();
});

test('a cursor before what is still kept is reset, because entries between are gone', async () => {
  await using world = await openWorld({ feed: QUICK });
  const cookie = await world.signIn();
  await tell(world, manyNews(10));
  await world.store.db.deleteFrom('feed').where('id', '<=', 5).execute();
  const kept = await follow(world, '?cursor=5', cookie);
  expect(refs(await kept.take(5))).toEqual(named(10).slice(5));
  await kept.close();
  const lost = await follow(world, '?cursor=4', cookie);
  expect(await lost.take(1)).toMatchObject([{ event: 'reset', id: '10' }]);
  await lost.close();
});

test('a reader that takes nothing is cut with FEED_READER_SLOW and makes room for another', async () => {
  await using world = await openWorld({ feed: { ...QUICK, readers: 1, slowAfterMs: 50 } });
  const cookie = await world.signIn();
  await tell(world, manyNews(5_000));
  const slow = await world.get('/api/v1/feed?cursor=0', cookie);
  expect((await world.get('/api/v1/feed?cursor=0', cookie)).status).toBe(429);
  await vi.waitFor(() => expect(world.lines.join('')).toContain('slow feed reader cut'), { timeout: 10_000 });
  const events = await eventsOf(slow).rest();
  const end = events.pop();
  expect(end?.event).toBe('error');
  expect(z.parse(problemSchema, JSON.parse(end?.data ?? ''))).toMatchObject({ code: 'FEED_READER_SLOW' });
  expect(refs(events)).toEqual(named(5_000).slice(0, events.length));
  expect(events.length).toBeLessThan(5_000);
  const next = await follow(world, `?cursor=${events.length}`, cookie);
  expect(refs(await next.take(1))).toEqual([`finding-${events.length}`]);
  await next.close();
});

test('only so many readers at a time, and one that leaves makes room', async () => {
  await using world = await openWorld({ feed: QUICK });
  const cookie = await world.signIn();
  const first = await follow(world, '', cookie);
  const second = await follow(world, '', cookie);
  const refused = await world.get('/api/v1/feed', cookie);
  expect(refused.status).toBe(429);
  expect(z.parse(problemSchema, await refused.json()).code).toBe('FEED_FULL');
  await first.close();
  const third = await follow(world, '', cookie);
  await third.close();
  await second.close();
});

test('one account has only so many readers, and others still get in', async () => {
  await using world = await openWorld({ feed: { ...QUICK, readersOfAccount: 1 } });
  const cookie = await world.signIn();
  const first = await follow(world, '', cookie);
  const refused = await world.get('/api/v1/feed', cookie);
  expect(z.parse(problemSchema, await refused.json())).toMatchObject({
    code: 'FEED_FULL',
    context: { account: 'analyst@example.com' },
  });
  const other = await follow(world, '', await world.signIn('another@example.com'));
  await other.close();
  await first.close();
});

test('a reader under way whose next entries were cleared away is reset', async () => {
  await using world = await openWorld({ feed: QUICK });
  const cookie = await world.signIn();
  await tell(world, manyNews(5_000));
  const events = await follow(world, '?cursor=0', cookie);
  const before = await events.take(1);
  await world.store.db.deleteFrom('feed').where('id', '<', 5_000).execute();
  const more = await events.takeUntil(({ event }) => event === 'reset');
  expect(refs([...before, ...more.slice(0, -1)])).toEqual(named(before.length + more.length - 1));
  expect(more.at(-1)).toMatchObject({ event: 'reset', id: '5000' });
  await tell(world, [{ topic: 'endpoint', ref: 'laptop-1' }]);
  expect(refs(await events.take(1))).toEqual(['laptop-1']);
  await events.close();
});

test('readers are told when the store cannot be read, and the feed goes on when it can', async () => {
  await using world = await openWorld({ feed: QUICK });
  const cookie = await world.signIn();
  const readers = [await follow(world, '', cookie), await follow(world, '', cookie)];
  for (const reader of readers) await reader.comment();
  const rename = (from: string, to: string) => sql.raw(`alter table ${from} rename to ${to}`);
  await rename('feed', 'feed_away').execute(world.store.db);
  world.store.feed.ring();
  for (const reader of readers) {
    const [end] = await reader.rest();
    expect(end?.event).toBe('error');
    expect(z.parse(problemSchema, JSON.parse(end?.data ?? '')).code).toBe('STORE_UNAVAILABLE');
  }
  expect(world.lines.filter((line) => line.includes('feed failed'))).toHaveLength(1);
  await rename('feed_away', 'feed').execute(world.store.db);
  const events = await follow(world, '?cursor=0', cookie);
  await tell(world, manyNews(1));
  expect(refs(await events.take(1))).toEqual(['finding-0']);
  await events.close();
});

test('asking for the headers alone takes no reader’s place', async () => {
  await using world = await openWorld({ feed: { ...QUICK, readers: 1 } });
  const cookie = await world.signIn();
  const answer = await world.app.request('/api/v1/feed', { method: 'HEAD', headers: { cookie } });
  expect(answer.status).toBe(200);
  const events = await follow(world, '', cookie);
  await events.close();
});

test('an idle feed is kept alive by comments', async () => {
  await using world = await openWorld({ feed: { ...QUICK, keepAliveMs: 20 } });
  const events = await follow(world, '', await world.signIn());
  expect(await events.comment()).toBe('retry: 1000');
  expect(await events.comment()).toBe(':');
  expect(await events.comment()).toBe(':');
  await events.close();
});

test('the feed ends with the session, by time and by signing out', async () => {
  await using world = await openWorld({ feed: { ...QUICK, keepAliveMs: 20 } });
  const cookie = await world.signIn();
  const other = await world.signIn();
  const mine = await follow(world, '', cookie);
  const others = await follow(world, '', other);
  await world.post('/api/v1/sign-out', {}, { cookie });
  expect(await mine.rest()).toEqual([]);
  world.now += 12 * HOUR;
  expect(await others.rest()).toEqual([]);
});

test('a stopping server ends its feeds', async () => {
  const stopping = new AbortController();
  await using world = await openWorld({ feed: QUICK, stopping: stopping.signal });
  const events = await follow(world, '', await world.signIn());
  stopping.abort();
  expect(await events.rest()).toEqual([]);
});

test.each(['-1', '1.5', 'abc', '99999999999999999999'])('the cursor %s is refused', async (cursor) => {
  await using world = await openWorld({ feed: QUICK });
  const cookie = await world.signIn();
  expect((await world.get(`/api/v1/feed?cursor=${cursor}`, cookie)).status).toBe(400);
  expect((await world.get('/api/v1/feed', cookie, { 'last-event-id': cursor })).status).toBe(400);
});
