import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Detector } from '../../../server/detector/detector.ts';
import { startDetectorThread } from '../../../server/detector/detector-thread.ts';
import { startIngest } from '../../../server/ingest/ingest.ts';
import { ADDITIONS_FILE } from '../../../shared/catalog/additions.ts';
import { instant } from '../../../shared/time.ts';
import { until } from '../../support/until.ts';
import { openWorld, type World } from './world.ts';

const NOW = instant(Date.now());

const remoteTool = (at: string) => [
  { contractor: { id: 'ada', countries: ['US'], timezone: 'America/Chicago' } },
  { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: at } },
  { now: at },
  {
    at,
    endpoint: 'laptop-1',
    began: {
      kind: 'tool',
      tool: 'anydesk',
      category: 'remote-access',
      state: 'running',
      signs: [{ by: 'process', name: 'anydesk' }],
    },
  },
];

function threadIn(world: World, settings: Readonly<Record<string, unknown>> = {}) {
  const { store, log, folder } = world;
  const opened = new AsyncDisposableStack();
  const ingest = opened.use(startIngest({ store, clock: Date.now, log }));
  const detector: Detector = opened.use(
    startDetectorThread({ store, ingest, dataDir: folder, settings, clock: Date.now, log }),
  );
  return { settled: () => detector.settled(), [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

test('a thread judges what is marked when the bell rings, and rings when findings changed', async () => {
  await using world = await openWorld(NOW);
  await using detector = threadIn(world);
  await detector.settled();
  let rings = 0;
  world.store.feed.listen(() => {
    rings += 1;
  });
  await world.tell(remoteTool(NOW));
  await until(() => rings > 0);
  expect((await world.findings()).map(({ rule }) => rule)).toContain('unapproved-remote-tool');
  await detector.settled();
  expect(await world.store.db.selectFrom('dirty_subjects').selectAll().execute()).toEqual([]);
});

test('a thread that dies is told of as an error and begins anew, and who waits for it waits on', async () => {
  await using world = await openWorld(NOW);
  const additions = join(world.folder, ADDITIONS_FILE);
  writeFileSync(additions, 'no catalog');
  await using detector = threadIn(world);
  await world.tell(remoteTool(NOW));
  const settled = detector.settled();
  await until(() => world.logged.some(({ msg }) => msg === 'judging stopped, it begins anew'));
  expect(world.logged.at(-1)).toMatchObject({ level: 50, err: { code: 'DETECTOR_DIED' } });
  rmSync(additions);
  await settled;
  expect((await world.findings()).map(({ rule }) => rule)).toContain('unapproved-remote-tool');
});

test('what the thread logs is said by the log of the collector', async () => {
  await using world = await openWorld(NOW);
  await world.store.db
    .insertInto('contractors')
    .values({ id: 'bad', label: null, declaration: '{', updated_at: NOW })
    .execute();
  await using detector = threadIn(world);
  await world.mark({ scope: 'contractor', subject: 'bad' });
  await detector.settled();
  expect(world.logged).toContainEqual(
    expect.objectContaining({
      level: 50,
      msg: 'subject could not be judged, set aside',
      subject: 'bad',
    }),
  );
});

test('settings that no rule understands end the start at once', async () => {
  await using world = await openWorld(NOW);
  expect(() => threadIn(world, { 'undeclared-country': { sanctioned: 7 } })).toThrow(/^SETTINGS_INVALID/);
});

test('a thread that only just began stops when it is told to', async () => {
  await using world = await openWorld(NOW);
  const detector = threadIn(world);
  await detector[Symbol.asyncDispose]();
  await expect(detector.settled()).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
});
