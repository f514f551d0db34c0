import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Schedule,
  schedulePreviewSchema,
  scheduleSchema,
  schedulesSchema,
} from '../../../shared/api/schedules.ts';
import { problemSchema } from '../../../shared/api.ts';
import { instant } from '../../../shared/time.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let cookie: string;

beforeEach(async () => {
  world = await openWorld();
  cookie = await world.signIn('grace', 'auditor');
});
afterEach(() => world[Symbol.asyncDispose]());

const SETTINGS = {
  ...{ name: 'Monthly', cron: '0 6 1 * *', timezone: 'America/Chicago', period: 'month' },
  ...{ contractors: [], endpoints: [], cases: [], redact: true, folder: null },
  ...{ keepLast: 12, keepDays: null, enabled: true },
};
const post = (path: string, body: unknown) => world.post(`/api/v1${path}`, body, { cookie });
const add = async (change: object = {}): Promise<Schedule> =>
  scheduleSchema.parse(await (await post('/schedules', { ...SETTINGS, ...change })).json());
const listed = async () =>
  schedulesSchema.parse(await (await world.get('/api/v1/schedules', cookie)).json()).schedules;
const refused = async (answer: Response) => [answer.status, problemSchema.parse(await answer.json()).code];

test('an auditor adds a schedule, sees when it is due next, changes, pauses and removes it, and all of it is on the action log', async () => {
  const made = await add();
  expect(made).toMatchObject({ version: 1, createdBy: 'grace', settings: SETTINGS, runs: [], unfinished: 0 });
  expect(made.next.map((at) => at.slice(8))).toEqual(
    Array(3).fill(expect.stringMatching(/^01T1[12]:00:00.000Z$/)),
  );
  const paused = await post(`/schedules/${made.id}`, {
    version: 1,
    settings: { ...SETTINGS, enabled: false },
  });
  expect(await paused.json()).toMatchObject({ version: 2, next: [] });
  const stale = await post(`/schedules/${made.id}`, { version: 1, settings: SETTINGS });
  expect(await refused(stale)).toEqual([409, 'SCHEDULE_CHANGED']);
  expect(await refused(await post(`/schedules/${made.id}/run`, {}))).toEqual([422, 'SCHEDULE_INVALID']);
  expect(
    (await post(`/schedules/${made.id}`, { version: 2, settings: { ...SETTINGS, keepLast: 3 } })).status,
  ).toBe(200);
  expect(await refused(await post(`/schedules/${made.id}/remove`, { version: 2 }))).toEqual([
    409,
    'SCHEDULE_CHANGED',
  ]);
  expect((await post(`/schedules/${made.id}/remove`, { version: 3 })).status).toBe(204);
  expect(await listed()).toEqual([]);
  const rows = await world.store.db
    .selectFrom('actions')
    .selectAll()
    .where('action', 'like', 'schedule.%')
    .execute();
  expect(rows.map(({ action, actor, subject }) => [action, actor, subject])).toEqual(
    ['schedule.add', 'schedule.pause', 'schedule.change', 'schedule.remove'].map((action) => [
      action,
      'grace',
      made.id,
    ]),
  );
  expect(JSON.parse(rows[1]?.detail ?? '')).toEqual({
    before: SETTINGS,
    after: { ...SETTINGS, enabled: false },
  });
});

test('a pack asked for now is claimed once, with its own period', async () => {
  const { id } = await add({ period: 'since-last' });
  world.now += 90_000;
  const asked = scheduleSchema.parse(await (await post(`/schedules/${id}/run`, {})).json());
  expect(asked.runs).toMatchObject([
    { due: instant(world.now), askedBy: 'grace', status: 'waiting', madeUp: false },
  ]);
  expect(await refused(await post(`/schedules/${id}/run`, {}))).toEqual([422, 'RANGE_EMPTY']);
});

test('what cannot be is refused in words, and nothing is kept', async () => {
  for (const [change, code] of [
    [{ cron: '61 * * * *' }, 'SCHEDULE_INVALID'],
    [{ cron: '0 0 31 2 *' }, 'SCHEDULE_INVALID'],
    [{ folder: '/etc' }, 'SCHEDULE_INVALID'],
    [{ folder: 'relative' }, 'SCHEDULE_INVALID'],
    [{ contractors: ['nobody'] }, 'NOT_FOUND'],
    [{ timezone: 'Mars/Olympus' }, 'REQUEST_INVALID'],
    [{ keepLast: 0 }, 'REQUEST_INVALID'],
    [{ name: ' ' }, 'REQUEST_INVALID'],
  ] as const)
    expect(
      (await refused(await post('/schedules', { ...SETTINGS, ...change })))[1],
      JSON.stringify(change),
    ).toBe(code);
  expect(await listed()).toEqual([]);
});

test('a preview tells in words when packs would come and what they would hold', async () => {
  const query = new URLSearchParams({ cron: '0 6 1 * *', timezone: 'America/Chicago', period: 'month' });
  const preview = schedulePreviewSchema.parse(
    await (await world.get(`/api/v1/schedules/preview?${query}`, cookie)).json(),
  );
  expect(preview).toMatchObject({ sentence: 'At 06:00 on day 1 of the month' });
  expect(preview.runs.slice(1).map(({ from }) => from)).toEqual(
    preview.runs.slice(0, -1).map(({ to }) => to),
  );
});

test('who may not ask for packs may not see their schedules', async () => {
  cookie = await world.signIn('ada', 'analyst');
  expect(await refused(await world.get('/api/v1/schedules', cookie))).toEqual([403, 'FORBIDDEN']);
  expect(await refused(await post('/schedules', SETTINGS))).toEqual([403, 'FORBIDDEN']);
});
