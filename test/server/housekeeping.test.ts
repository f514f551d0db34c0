import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { startHousekeeping } from '../../server/housekeeping.ts';
import { openLog } from '../../server/log.ts';
import { appendFeed, feedEnds } from '../../server/store/feed.ts';
import { openStore } from '../../server/store/store.ts';
import { DAY, instant } from '../../shared/time.ts';
import { temporaryFolder } from '../support/collector.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('feed entries of more than a week ago are cleared, and the ids go on', async () => {
  await using store = await openStore(folder);
  const now = Date.UTC(2026, 2, 20);
  const say = (days: number, ref: string) =>
    appendFeed(store.db, instant(now - days * DAY), [{ topic: 'endpoint', ref }]);
  await say(20, 'old');
  await say(8, 'older than a week');
  await say(6, 'kept');
  const clear = async (at: number) => {
    await using _ = startHousekeeping({ store, clock: () => at, log: openLog('silent') });
  };
  await clear(now);
  expect(await feedEnds(store.db)).toEqual({ first: 3, last: 3 });
  await clear(now + 30 * DAY);
  expect(await feedEnds(store.db)).toEqual({ first: 3, last: 3 });
});
