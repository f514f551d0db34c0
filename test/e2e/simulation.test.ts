import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog } from '../../server/log.ts';
import { findingSchema } from '../../shared/finding.ts';
import { DEMO_STORIES } from '../demo/stories.ts';
import { temporaryFolder } from '../support/collector.ts';
import { type Simulation, startSimulation } from '../support/simulation.ts';

const folder = temporaryFolder();
let simulation: Simulation;

beforeAll(async () => {
  const stories = DEMO_STORIES.map((name) =>
    readFileSync(new URL(`../stories/${name}.jsonl`, import.meta.url), 'utf8'),
  );
  simulation = await startSimulation({ stories, folder, port: 0, log: openLog('silent') });
  await simulation.live();
});
afterAll(async () => {
  await simulation?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function findings() {
  const rows = await simulation.collector.store.db.selectFrom('findings').select('body').execute();
  return rows.map(({ body }) => findingSchema.parse(JSON.parse(body)));
}

test('a laptop farm is one finding about a shared address that names everyone in it', async () => {
  const shared = (await findings()).filter(({ rule }) => rule === 'shared-egress');
  expect(shared).toMatchObject([
    { severity: 'critical', outcome: 'open', contractors: ['cole', 'dana', 'finn'] },
  ]);
});

test('nothing stands against the honest', async () => {
  const farm = ['cole', 'dana', 'finn'];
  const others = (await findings()).filter(
    ({ contractors, outcome }) => outcome === 'open' && contractors.some((id) => !farm.includes(id)),
  );
  expect(others).toEqual([]);
});

test('everyone of the stories is declared, enrolled and seen', async () => {
  const { db } = simulation.collector.store;
  const unseen = await db
    .selectFrom('endpoints')
    .innerJoin('contractors', 'contractors.id', 'endpoints.contractor')
    .select('endpoints.id')
    .where((eb) => eb.or([eb('last_seen_at', 'is', null), eb('declaration', 'is', null)]))
    .execute();
  expect(unseen).toEqual([]);
});
