import { expect, test } from 'vitest';
import { RULES } from '../../../server/detect/rules/index.ts';
import { parseSettings } from '../../../server/detect/settings.ts';
import { storyFrom } from '../../../server/detect/story.ts';
import { backtestStory } from '../../../server/detector/backtest.ts';
import { openWorld } from './world.ts';

const NOW = '2026-03-06T00:00:00.000Z';
const ROUTER = '5f1c9a0be2d84736a1b0c3d4e5f60718';
const person = (id: string, router: string) => [
  { contractor: { id, countries: ['US'] } },
  { endpoint: { id: `laptop-${id}`, contractor: id, enrolledAt: '2026-03-02T13:00:00.000Z' } },
  {
    at: '2026-03-02T14:00:00.000Z',
    endpoint: `laptop-${id}`,
    began: { kind: 'network', interface: 'wlan0', medium: 'wireless', gateway: router },
  },
  {
    at: '2026-03-02T14:00:00.000Z',
    endpoint: `laptop-${id}`,
    began: { kind: 'egress', ip: '198.51.100.7', country: 'US', networkClass: 'mobile' },
  },
];
const shared = [...person('ada', ROUTER), ...person('bob', ROUTER), { now: NOW }];
const apart = [...person('ada', ROUTER), ...person('bob', 'c0ffee00c0ffee00c0ffee00c0ffee00'), { now: NOW }];

const coLocation = ({ rule }: { readonly rule: string }) => rule.startsWith('shared-');

test.each([
  ['one router', shared, ['shared-artifact high', 'shared-egress high']],
  ['a router each', apart, []],
] as const)(
  'behind one address of a mobile network with %s, the store and the story say the same',
  async (_, story, expected) => {
    await using world = await openWorld(NOW);
    await using detector = world.detector();
    await world.tell(story);
    await detector.settled();
    const found = (await world.findings()).filter(coLocation);
    expect(found.map(({ rule, severity }) => `${rule} ${severity}`).toSorted()).toEqual(expected);
    const told = backtestStory(storyFrom(story), parseSettings(RULES)).filter(coLocation);
    expect(told.map(({ rule, subject, reason }) => [rule, subject, reason])).toEqual(
      expect.arrayContaining(found.map(({ rule, subject, reason }) => [rule, subject, reason])),
    );
    expect(told).toHaveLength(found.length);
  },
);

test('a router that the configuration names as an office brings nobody together', async () => {
  const sharedPlaces = [`gateway:${ROUTER}`];
  const settings = { 'shared-egress': { sharedPlaces }, 'shared-artifact': { sharedPlaces } };
  await using world = await openWorld(NOW);
  await using detector = world.detector({ settings });
  await world.tell(shared);
  await detector.settled();
  expect((await world.findings()).filter(coLocation)).toEqual([]);
});

test('a machine that fell silent weeks ago was not there with who came since', async () => {
  await using world = await openWorld('2026-03-20T00:00:00.000Z');
  await using detector = world.detector();
  const [person1, laptop1, router1] = person('ada', ROUTER);
  const [person2, laptop2, router2] = person('bob', ROUTER);
  const later = { ...router2, at: '2026-03-19T14:00:00.000Z' };
  await world.tell([person1, laptop1, router1, person2, laptop2].flatMap((line) => line ?? []));
  await world.store.db
    .updateTable('endpoints')
    .set({ last_seen_at: '2026-03-03T00:00:00.000Z' })
    .where('id', '=', 'laptop-ada')
    .execute();
  await world.tell([person1, person2, laptop2, later].flatMap((line) => line ?? []));
  await detector.settled();
  const [finding] = (await world.findings()).filter(coLocation);
  expect(finding?.reason).toContain('had one router in turn from 2026-03-02 14:00 UTC on');
});

test('a laptop that was given to somebody else has met nobody', async () => {
  await using world = await openWorld(NOW);
  await using detector = world.detector();
  const story = storyFrom([
    ...person('ada', ROUTER),
    { contractor: { id: 'bob', countries: ['US'] } },
    { now: NOW },
  ]);
  const mine = story.spans.filter(({ kind }) => kind === 'network');
  const later = { from: '2026-03-04T14:00:00.000Z', contractor: 'bob' };
  await world.keep(story, [
    ...mine.map((span) => ({ ...span, to: '2026-03-04T13:00:00.000Z' })),
    ...mine.map((span) => ({ ...span, ...later })),
  ]);
  await detector.settled();
  expect((await world.findings()).filter(coLocation)).toEqual([]);
});
