import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { storyFrom } from '../../../server/detect/story.ts';
import { type PlacesPage, placeGraphSchema, placesPageSchema } from '../../../shared/api/places.ts';
import { placeDetailSchema } from '../../../shared/api.ts';
import { instant } from '../../../shared/time.ts';
import { seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

const ROUTER = 'gateway:5f1c9a0be2d84736a1b0c3d4e5f60718';
let world: World;
let cookie: string;

beforeAll(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  const stay = (span: number, place: string, contractor: string, from: string, to: string | null) => ({
    span,
    place,
    contractor,
    endpoint: `laptop-${contractor}`,
    from: `2026-03-02T${from}:00.000Z`,
    to: to && `2026-03-02T${to}:00.000Z`,
    network_class: place.startsWith('egress') ? 'residential' : 'unknown',
  });
  await world.store.db
    .insertInto('visits')
    .values([
      stay(1, 'egress:198.51.100.7', 'ada', '08:00', '12:00'),
      stay(5, 'egress:198.51.100.7', 'ben', '12:00', null),
      stay(6, 'egress:2001:db8:1:2::/64', 'ada', '12:00', '13:00'),
      stay(7, ROUTER, 'ada', '08:00', '12:00'),
      stay(8, ROUTER, 'ben', '10:00', null),
      stay(9, ROUTER, 'cleo', '11:00', '11:30'),
      stay(10, 'display:c0ffee00c0ffee00c0ffee00c0ffee00', 'cleo', '11:00', '11:30'),
    ])
    .execute();
  cookie = await world.signIn();
});
afterAll(() => world[Symbol.asyncDispose]());

async function page(query: string): Promise<PlacesPage> {
  const answer = await world.get(`/api/v1/places${query}`, cookie);
  expect(answer.status).toBe(200);
  return z.parse(placesPageSchema, await answer.json());
}

async function place(id: string) {
  const answer = await world.get(`/api/v1/places/${encodeURIComponent(id)}`, cookie);
  expect(answer.status).toBe(200);
  return z.parse(placeDetailSchema, await answer.json());
}

test('places come a page at a time, those that most contractors share first', async () => {
  const seen: (readonly [string, number])[] = [];
  let next: string | null = '';
  while (next !== null) {
    const { places, next: after }: PlacesPage = await page(`?limit=1${next ? `&cursor=${next}` : ''}`);
    seen.push(...places.map(({ id, visitors }) => [id, visitors] as const));
    next = after;
  }
  expect(seen).toEqual([
    [ROUTER, 3],
    ['egress:198.51.100.7', 2],
    ['display:c0ffee00c0ffee00c0ffee00c0ffee00', 1],
    ['egress:2001:db8:1:2::/64', 1],
  ]);
});

test('a place says who was there, when, and that they met', async () => {
  const { place: row, company, visitors, stays, networkClasses, findings } = await place(ROUTER);
  expect(row).toEqual({
    id: ROUTER,
    kind: 'gateway',
    visitors: 3,
    firstAt: '2026-03-02T08:00:00.000Z',
    lastAt: null,
  });
  expect(company).toEqual({
    how: 'together',
    togetherMs: 2 * 3_600_000,
    from: '2026-03-02T10:00:00.000Z',
    to: '2026-03-02T12:00:00.000Z',
  });
  expect(visitors.map(({ contractor, stays: count, lastAt }) => [contractor, count, lastAt])).toEqual([
    ['cleo', 1, '2026-03-02T11:30:00.000Z'],
    ['ben', 1, null],
    ['ada', 1, '2026-03-02T12:00:00.000Z'],
  ]);
  expect(stays.map(({ contractor }) => contractor)).toEqual(['cleo', 'ben', 'ada']);
  expect(networkClasses).toEqual([]);
  expect(findings).toEqual([]);
});

test('an address says that they came in turn, its class, and what was found about it', async () => {
  const { company, networkClasses, findings } = await place('egress:198.51.100.7');
  expect(company).toEqual({ how: 'in turn', togetherMs: 0, from: null, to: null });
  expect(networkClasses).toEqual(['residential']);
  expect(findings.map(({ id }) => id)).toEqual(['f-place']);
});

test('a household meets nobody', async () => {
  await using other = await openWorld();
  const story = storyFrom([
    { contractor: { id: 'ada', sharedSite: 'elm-street' } },
    { contractor: { id: 'ben', sharedSite: 'elm-street' } },
  ]);
  const at = instant(other.now);
  for (const { id, declaration } of story.contractors) {
    await other.store.db
      .insertInto('contractors')
      .values({ id, label: null, declaration: JSON.stringify(declaration), updated_at: at })
      .execute();
    await other.store.db
      .insertInto('visits')
      .values({
        span: id === 'ada' ? 2 : 3,
        place: ROUTER,
        contractor: id,
        endpoint: id,
        from: at,
        to: null,
        network_class: 'unknown',
      })
      .execute();
  }
  const answer = await other.get(`/api/v1/places/${encodeURIComponent(ROUTER)}`, await other.signIn());
  expect(z.parse(placeDetailSchema, await answer.json())).toMatchObject({
    place: { visitors: 2 },
    company: { how: 'alone' },
    visitors: [{ sharedSite: 'elm-street' }, { sharedSite: 'elm-street' }],
  });
});

test('the /64 of an IPv6 line is found under its name', async () => {
  expect((await place('egress:2001:db8:1:2::/64')).stays).toHaveLength(1);
});

test.each(['gateway:0', 'nothing', 'egress:'])('where nobody was there is nothing: %s', async (id) => {
  const answer = await world.get(`/api/v1/places/${encodeURIComponent(id)}`, cookie);
  expect(answer.status).toBe(404);
});

test.each(['?limit=0', '?cursor=bm9uZQ', '?kind=moon'])('places refuse %s', async (query) => {
  const answer = await world.get(`/api/v1/places${query}`, cookie);
  expect(answer.status).toBe(400);
});

test('places are for those who signed in', async () => {
  expect((await world.get('/api/v1/places')).status).toBe(401);
});

test('a place in the list says how it was shared, by whom, and what stands against it', async () => {
  const { places } = await page('?kind=gateway');
  expect(places).toMatchObject([{ id: ROUTER, how: 'together', networkClasses: [], sites: [], open: 0 }]);
  expect(places[0]?.who.map(({ contractor }) => contractor)).toEqual(['ada', 'ben', 'cleo']);
  const { places: shared } = await page('?visitors=2&q=198.51.100');
  expect(shared).toMatchObject([
    { id: 'egress:198.51.100.7', how: 'in turn', networkClasses: ['residential'], open: 1 },
  ]);
  expect((await page('?q=%25')).places).toEqual([]);
});

test('the graph has the shared places, whoever was there, and a link for each', async () => {
  const answer = await world.get('/api/v1/places/graph', cookie);
  const { places, contractors, links, more } = z.parse(placeGraphSchema, await answer.json());
  expect(places).toEqual([
    { id: ROUTER, kind: 'gateway', visitors: 3, open: 0 },
    { id: 'egress:198.51.100.7', kind: 'egress', visitors: 2, open: 1 },
  ]);
  expect(contractors.map(({ contractor }) => contractor)).toEqual(['ada', 'ben', 'cleo']);
  expect(links).toHaveLength(5);
  expect(more).toBe(false);
});

test('a graph of more than it can show is cut, says so, and links only what it shows', async () => {
  const crowd = Array.from({ length: 400 }, (_, index) => ({
    span: 1_000 + index,
    place: `egress:203.0.113.${index % 4}`,
    contractor: `crowd-${String(index).padStart(3, '0')}`,
    endpoint: `laptop-${index}`,
    from: '2026-03-01T08:00:00.000Z',
    to: '2026-03-01T09:00:00.000Z',
    network_class: 'residential',
  }));
  await world.store.db.insertInto('visits').values(crowd).execute();
  const answer = await world.get('/api/v1/places/graph', cookie);
  const { places, contractors, links, more } = z.parse(placeGraphSchema, await answer.json());
  const nodes = new Set([...places.map(({ id }) => id), ...contractors.map(({ contractor }) => contractor)]);
  expect(nodes.size).toBeLessThanOrEqual(150);
  expect(nodes.size).toBeGreaterThan(140);
  expect(links.every(({ place: id, contractor }) => nodes.has(id) && nodes.has(contractor))).toBe(true);
  expect(more).toBe(true);
});
