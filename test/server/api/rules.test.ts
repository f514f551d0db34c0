import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { RULES } from '../../../server/detect/rules/index.ts';
import { ruleDetailSchema, rulesSchema } from '../../../shared/api/rules.ts';
import { seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let sam: string;
let kit: string;

beforeAll(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  sam = await world.signIn('sam');
  kit = await world.signIn('kit');
});
afterAll(() => world[Symbol.asyncDispose]());

async function read<S extends z.core.$ZodType>(schema: S, path: string): Promise<z.output<S>> {
  const answer = await world.get(`/api/v1${path}`, sam);
  expect(answer.status).toBe(200);
  return z.parse(schema, await answer.json());
}

test('every rule is listed with its open findings', async () => {
  const { rules } = await read(rulesSchema, '/rules');
  expect(rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
  expect(rules.find(({ id }) => id === 'unapproved-remote-tool')).toMatchObject({ open: 1, changed: false });
});

test('every rule has a page, and each of its settings a description and a default or none', async () => {
  for (const { id } of RULES) {
    const { doc, settings, examples } = await read(ruleDetailSchema, `/rules/${id}`);
    expect(doc.advisories.length).toBeGreaterThan(0);
    expect(examples.some(({ expect: severities }) => severities.length === 0)).toBe(true);
    expect(settings.inForce).toEqual(settings.defaults);
    for (const setting of Object.values(settings.schema)) expect(setting.description).toBeTruthy();
  }
  expect((await world.get('/api/v1/rules/none', sam)).status).toBe(404);
});

test('settings that were approved are told as in force, and those that wait as pending', async () => {
  const change = { kind: 'settings', rule: 'several-remote-tools', settings: { vendors: 3 } };
  const asked = await world.post(
    '/api/v1/proposals',
    { change, reason: 'two are usual here' },
    { cookie: sam },
  );
  const { id } = z.parse(z.object({ id: z.string() }), await asked.json());
  const row = async () =>
    (await read(rulesSchema, '/rules')).rules.find((rule) => rule.id === 'several-remote-tools');
  expect(await row()).toMatchObject({ pending: 1, changed: false });
  await world.post(`/api/v1/proposals/${id}/decision`, { decide: 'approve', reason: 'yes' }, { cookie: kit });
  expect(await row()).toMatchObject({ pending: 0, changed: true });
  const { settings } = await read(ruleDetailSchema, '/rules/several-remote-tools');
  expect([
    settings.inForce['vendors'],
    settings.configured['vendors'],
    settings.schema['vendors']?.maximum,
  ]).toEqual([3, 2, 10]);
});
