import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { readDocument } from '../../server/audit/read-document.ts';
import { verifyPack } from '../../server/audit/verify.ts';
import { openLog } from '../../server/log.ts';
import { findingSchema } from '../../shared/finding.ts';
import { DEMO_STORIES } from '../demo/stories.ts';
import { temporaryFolder } from '../support/collector.ts';
import { output } from '../support/processes.ts';
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

test('an exported pack of it verifies, and with one byte changed the verifier says which record of which endpoint', async () => {
  const store = join(folder, 'collector');
  const pack = join(folder, 'pack.zip');
  const range = ['--from', '2020-01-01', '--to', '2099-01-01'];
  const exported = await output(['server/main.ts', 'export', ...range, '--data-dir', store, '--out', pack]);
  expect([exported.code, exported.stdout]).toEqual([0, `${pack}\n`]);
  const verified = await output(['server/main.ts', 'verify', pack]);
  expect([verified.code, verified.stdout.split('\n')[0]]).toEqual([
    0,
    'VERIFIED. Everything in this pack is as its collector signed it.',
  ]);
  const report = String(await readDocument(pack, 'report.html'));
  expect(report).toContain('Contractors who declared no common site share one address');

  const bytes = readFileSync(pack);
  const { endpoint, middle } = await evidenceIn(bytes);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(pack, bytes);
  const changed = await output(['server/main.ts', 'verify', pack]);
  expect(changed.code).toBe(1);
  expect(changed.stdout).toMatch(new RegExp(`endpoint ${endpoint}, (?:after )?batch \\d+–\\d+ of spool`));
});

test('a pack about a case is about the contractors whom it joins, and still verifies', async () => {
  const { db } = simulation.collector.store;
  const { id } = await db.selectFrom('cases').select('id').executeTakeFirstOrThrow();
  const pack = join(folder, 'case.zip');
  const asked = ['--from', '2020-01-01', '--to', '2099-01-01', '--case', id, '--out', pack];
  const store = ['--data-dir', join(folder, 'collector')];
  expect((await output(['server/main.ts', 'export', ...asked, ...store])).code).toBe(0);
  expect(await verifyPack({ path: pack })).toMatchObject({ outcome: 'verified' });
  const lines = String(await readDocument(pack, 'tables/contractors.jsonl'))
    .trimEnd()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line).id)).toEqual(['cole', 'dana', 'finn']);
});

/** Some machine’s evidence, and where the middle of it stands in the zip. */
async function evidenceIn(pack: Buffer): Promise<{ readonly endpoint: string; readonly middle: number }> {
  const zip = await fromBufferPromise(pack, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) {
    const [, endpoint] = /^evidence\/(.+)\.batches$/.exec(entry.fileName) ?? [];
    if (endpoint === undefined) continue;
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry);
    return { endpoint, middle: fileDataStart + Math.floor(entry.compressedSize / 2) };
  }
  throw new Error('no evidence');
}
