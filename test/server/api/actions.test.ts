import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAction } from '../../../server/store/actions.ts';
import { type ActionRow, actionsPageSchema } from '../../../shared/api/action.ts';
import { contractorsSchema, endpointsSchema } from '../../../shared/api.ts';
import { instant, MINUTE } from '../../../shared/time.ts';
import { SEED_NOW, seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let auditor: string;
beforeAll(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  auditor = await world.signIn('eve', 'auditor');
});
afterAll(() => world[Symbol.asyncDispose]());

async function actions(query = ''): Promise<readonly ActionRow[]> {
  await world.looked();
  const answer = await world.get(`/api/v1/actions${query}`, auditor);
  return actionsPageSchema.parse(await answer.json()).actions;
}

test('a look at raw data is kept once in ten minutes, by session and subject', async () => {
  const cookie = await world.signIn('ada', 'viewer');
  const look = (path: string) => world.get(`/api/v1${path}`, cookie);
  const { contractors } = contractorsSchema.parse(await (await look('/contractors')).json());
  const id = contractors[0]?.id;
  for (let time = 0; time < 3; time += 1) expect((await look(`/contractors/${id}`)).status).toBe(200);
  expect((await look('/contractors/nobody')).status).toBe(404);
  const { endpoints } = endpointsSchema.parse(await (await look('/endpoints')).json());
  const endpoint = endpoints[0]?.id;
  await look(`/endpoints/${endpoint}`);
  await look(`/endpoints/${endpoint}/gaps`);
  world.now += 10 * MINUTE;
  await look(`/contractors/${id}`);
  const seen = await actions('?actor=ada');
  expect(seen.map(({ action, subject }) => [action, subject])).toEqual([
    ['contractor.view', id],
    ['endpoint.view', endpoint],
    ['contractor.view', id],
    ['session.open', 'ada'],
  ]);
  expect(seen[0]).toMatchObject({ source: '192.0.2.1', detail: { through: expect.stringMatching(/^se-/) } });
});

test('looks that cannot be kept are an error in the log, and the answer is given', async () => {
  await using broken = await openWorld();
  await seedFleet(broken.store.db);
  const cookie = await broken.signIn('ada', 'viewer');
  const all = contractorsSchema.parse(await (await broken.get('/api/v1/contractors', cookie)).json());
  await broken.store.db.schema.dropTable('actions').execute();
  expect((await broken.get(`/api/v1/contractors/${all.contractors[0]?.id}`, cookie)).status).toBe(200);
  await broken.looked();
  expect(broken.lines.join('')).toContain('looks are missing on the action log');
});

test('the log is filtered by who, what, on what and when, and read page by page', async () => {
  const { db } = world.store;
  const base = { actor: 'kit', source: 'command line', subject: 'ada', detail: {} };
  for (let index = 0; index < 5; index += 1) {
    const action = index % 2 === 0 ? 'roster.import' : 'rosters.other';
    const at = instant(Date.parse(SEED_NOW) + index * MINUTE);
    await db.transaction().execute((trx) => appendAction(trx, { ...base, at, action }));
  }
  expect(await actions('?actor=kit')).toHaveLength(5);
  expect(await actions('?actor=kit&action=roster')).toHaveLength(3);
  expect(await actions('?actor=kit&action=roster.import&subject=ada')).toHaveLength(3);
  expect(
    await actions(
      `?actor=kit&from=${instant(Date.parse(SEED_NOW) + MINUTE)}&to=${instant(Date.parse(SEED_NOW) + 3 * MINUTE)}`,
    ),
  ).toHaveLength(2);
  const ids: number[] = [];
  let cursor = '';
  do {
    const answer = await world.get(
      `/api/v1/actions?actor=kit&limit=2${cursor && `&cursor=${cursor}`}`,
      auditor,
    );
    const page = actionsPageSchema.parse(await answer.json());
    ids.push(...page.actions.map(({ id }) => id));
    cursor = page.next ?? '';
  } while (cursor !== '');
  expect(ids).toEqual(ids.toSorted((a, b) => b - a));
  expect(new Set(ids).size).toBe(5);
});

test.each(['viewer', 'analyst'] as const)('%s does not read the action log', async (role) => {
  const cookie = await world.signIn('sam', role);
  for (const path of ['actions', 'actions/verify'])
    expect((await world.get(`/api/v1/${path}`, cookie)).status).toBe(403);
});

test.each(['?cursor=x', '?limit=0', '?limit=501', '?from=yesterday', '?other=1'])(
  'actions%s is refused',
  async (query) => {
    expect((await world.get(`/api/v1/actions${query}`, auditor)).status).toBe(400);
  },
);

test('a row that was changed shows', async () => {
  const verified = async () => (await world.get('/api/v1/actions/verify', auditor)).json();
  expect(await verified()).toMatchObject({ intact: true });
  await world.store.db.updateTable('actions').set({ actor: 'mallory' }).where('id', '=', 2).execute();
  expect(await verified()).toEqual({ intact: false, brokenAt: 2 });
});
