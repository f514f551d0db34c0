import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { propose } from '../../../../server/store/proposals.ts';
import {
  contractorPlacesSchema,
  hoursSchema,
  segmentSpansSchema,
  timelineSchema,
} from '../../../../shared/api/timeline.ts';
import { contractorDetailSchema } from '../../../../shared/api.ts';
import { HOSTILE, SEED_NOW, seedFleet } from '../../../support/seed.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
let cookie: string;

beforeAll(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  cookie = await world.signIn();
});
afterAll(() => world[Symbol.asyncDispose]());

async function read<S extends z.core.$ZodType>(schema: S, path: string): Promise<z.infer<S>> {
  const answer = await world.get(`/api/v1/contractors/${path}`, cookie);
  expect(answer.status).toBe(200);
  return z.parse(schema, await answer.json());
}

test('a timeline without a range shows the latest two weeks, lane by lane', async () => {
  const view = await read(timelineSchema, 'ada/timeline');
  expect(view).toMatchObject({
    now: SEED_NOW,
    to: SEED_NOW,
    from: '2026-02-16T16:00:00.000Z',
    merged: false,
  });
  const keys = view.rows.map(({ lane, key }) => `${lane} ${key}`);
  expect(keys).toContain('tools tool|anydesk|running');
  expect(keys).toContain('egress egress|198.51.100.7');
  expect(keys).toContain('presence presence');
  const tool = view.rows.findIndex(({ lane }) => lane === 'tools');
  expect(view.segments.filter(({ row }) => row === tool)).toEqual([
    { row: tool, from: '2026-03-02T15:10:00.000Z', to: SEED_NOW, after: true },
  ]);
});

test('working hours are those declared, on the clock of the contractor', async () => {
  const { work } = await read(
    timelineSchema,
    'ada/timeline?from=2026-03-02T00:00:00.000Z&to=2026-03-03T00:00:00.000Z',
  );
  expect(work).toEqual([{ from: '2026-03-02T15:00:00.000Z', to: '2026-03-02T23:00:00.000Z' }]);
});

test('a time of which nothing was heard is a silence and not covered, from before the range on', async () => {
  const { rows, segments, uncovered } = await read(
    timelineSchema,
    'cleo/timeline?from=2026-03-02T00:00:00.000Z&to=2026-03-02T12:00:00.000Z',
  );
  const silence = rows.findIndex(({ key }) => key === 'silence');
  expect(segments.find(({ row }) => row === silence)).toMatchObject({
    from: '2026-03-02T00:00:00.000Z',
    to: '2026-03-02T12:00:00.000Z',
    note: 'unknown',
    before: true,
    after: true,
  });
  expect(uncovered.find(({ lane }) => lane === 'tools')).toMatchObject({
    from: '2026-03-02T00:00:00.000Z',
    to: '2026-03-02T12:00:00.000Z',
    why: ['silent'],
  });
});

test('before the enrollment nobody looked, and the timeline says so', async () => {
  const { uncovered } = await read(
    timelineSchema,
    'cleo/timeline?from=2026-01-01T00:00:00.000Z&to=2026-01-10T00:00:00.000Z',
  );
  expect(uncovered.find(({ lane }) => lane === 'control')).toMatchObject({
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-05T15:00:00.000Z',
    why: ['not-enrolled'],
  });
});

test('the spans behind a segment are told whole, with where their evidence stands', async () => {
  const { spans, total } = await read(
    segmentSpansSchema,
    'ada/spans?lane=tools&key=tool%7Canydesk%7Crunning&endpoint=laptop-1',
  );
  expect(total).toBe(1);
  expect(spans[0]).toMatchObject({ id: '2', evidence: { seq: 2 }, fact: { tool: 'anydesk' } });
});

test('what a machine wrote comes as it was written, in every answer', async () => {
  const view = await read(timelineSchema, 'cleo/timeline');
  const session = view.rows.find(({ lane }) => lane === 'sessions');
  expect(session?.fact).toMatchObject({ user: HOSTILE });
  const { observed } = await read(contractorPlacesSchema, 'cleo/places');
  expect(observed[0]).toMatchObject({ org: HOSTILE, position: 'exit' });
});

test('places say whether they are positions, for how long, and what was declared', async () => {
  const { observed, declared, moves } = await read(contractorPlacesSchema, 'ada/places');
  expect(observed.map(({ ip, position }) => [ip, position])).toEqual([
    ['198.51.100.7', 'usable'],
    ['203.0.113.9', 'exit'],
  ]);
  expect(observed[0]).toMatchObject({ radiusKm: 20, lastAt: null, ms: 2 * 3_600_000 });
  expect(declared).toMatchObject({ countries: ['US'], home: { lat: 41.88, lon: -87.63 } });
  expect(moves).toEqual([{ at: '2026-03-02T15:59:00.000Z', from: 0, to: 1 }]);
});

test('hours are on the declared clock, and in UTC where none was declared', async () => {
  const ada = await read(hoursSchema, 'ada/hours?weeks=2');
  expect(ada).toMatchObject({ timezone: 'America/Chicago', declaredHours: 'declared', weeks: 2 });
  expect(ada.days[0]?.filter(({ declared }) => declared === 60)).toHaveLength(8);
  const cleo = await read(hoursSchema, 'cleo/hours');
  expect(cleo).toMatchObject({ timezone: 'UTC', declaredZone: false, within: null });
  expect(cleo.days[6]?.[14]?.session).toBe(60);
});

test('a contractor comes with the exceptions that were asked for', async () => {
  const change = {
    kind: 'exception',
    permission: {
      contractor: 'ada',
      tool: 'anydesk',
      from: '2026-03-01T00:00:00.000Z',
      until: '2026-03-09T00:00:00.000Z',
    },
  } as const;
  const by = { actor: 'una@example.com', source: '192.0.2.1', at: SEED_NOW };
  await world.store.db.transaction().execute((trx) => propose(trx, { change, reason: HOSTILE }, by));
  const { exceptions } = await read(contractorDetailSchema, 'ada');
  expect(exceptions).toMatchObject([{ status: 'pending', reason: HOSTILE, change }]);
  expect((await read(contractorDetailSchema, 'ben')).exceptions).toEqual([]);
});

test.each([
  'timeline?from=2026-03-02T00:00:00.000Z',
  'timeline?from=2026-03-02T00:00:00.000Z&to=2026-03-01T00:00:00.000Z',
  'timeline?from=2020-03-02T00:00:00.000Z&to=2026-03-01T00:00:00.000Z',
  'timeline?width=1000000',
  'hours?weeks=0',
  'spans?lane=none&key=x',
])('%s is refused with a code', async (path) => {
  const answer = await world.get(`/api/v1/contractors/ada/${path}`, cookie);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'REQUEST_INVALID' });
});

test('nobody is told of a contractor that is not there, or without a session', async () => {
  for (const path of ['timeline', 'hours', 'places']) {
    expect((await world.get(`/api/v1/contractors/nobody/${path}`, cookie)).status).toBe(404);
    expect((await world.get(`/api/v1/contractors/ada/${path}`)).status).toBe(401);
  }
});
