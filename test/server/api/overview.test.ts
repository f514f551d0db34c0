import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeCases } from '../../../server/store/cases.ts';
import { writeFindings } from '../../../server/store/findings.ts';
import { type Overview, overviewSchema, worldSchema } from '../../../shared/api/overview.ts';
import { checklistSchema } from '../../../shared/api/setup.ts';
import type { Finding } from '../../../shared/finding.ts';
import { DAY, instant, MINUTE, millis } from '../../../shared/time.ts';
import { SEED_FINDINGS, SEED_NOW, seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let cookie: string;
beforeEach(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  cookie = await world.signIn();
});
afterEach(() => world[Symbol.asyncDispose]());

async function overview(as = cookie): Promise<Overview> {
  const answer = await world.get('/api/v1/overview', as);
  expect(answer.status).toBe(200);
  return overviewSchema.parse(await answer.json());
}

async function seen({ at, cursor }: Overview): Promise<void> {
  expect((await world.post('/api/v1/overview/seen', { at, cursor }, { cookie })).status).toBe(204);
}

function write(...findings: readonly Finding[]): Promise<void> {
  return world.store.db.transaction().execute((trx) => writeFindings(trx, instant(world.now), [...findings]));
}

function seeded(id: string): Finding {
  const finding = SEED_FINDINGS.find((each) => each.id === id);
  if (!finding) throw new Error(`no finding ${id}`);
  return finding;
}

test('what is open is counted by severity and family', async () => {
  const { open } = await overview();
  expect(open.toSorted((a, b) => (a.severity < b.severity ? -1 : 1))).toEqual([
    { severity: 'critical', family: 'egress', count: 1 },
    { severity: 'high', family: 'remote-access', count: 1 },
    { severity: 'low', family: 'identity', count: 1 },
  ]);
});

test('what came after the account last looked is told to it, until it says that it has seen it; others have their own mark', async () => {
  const first = await overview();
  expect(first.seenAt).toBeNull();
  await seen(first);
  world.now += MINUTE;
  const at = instant(world.now);
  const tool = seeded('f-tool');
  await write(
    { ...tool, id: 'f-new', key: 'f-new', foundAt: at, updatedAt: at },
    { ...tool, severity: 'critical', updatedAt: at },
  );
  const { changes, since } = await overview();
  expect(since).toBe(SEED_NOW);
  expect(changes.found).toEqual({ info: 0, low: 0, medium: 0, high: 1, critical: 0 });
  expect(changes.worse).toEqual({
    count: 1,
    shown: [{ id: 'f-tool', title: tool.title, severity: 'critical', was: 'high', at }],
  });
  await seen(await overview());
  expect((await overview()).changes).toMatchObject({ found: { high: 0 }, worse: { count: 0 } });
  expect((await overview(await world.signIn('other@example.com'))).seenAt).toBeNull();
});

test('an older window does not take back what a newer one has seen, and nobody has seen the future', async () => {
  const first = await overview();
  world.now += MINUTE;
  await seen({ ...first, at: '2099-01-01T00:00:00.000Z' });
  await seen(first);
  expect((await overview()).seenAt).toBe(instant(world.now));
});

test('the trend counts what was found and what was resolved on each day', async () => {
  const resolvedAt = instant(millis(SEED_NOW) - 5 * MINUTE);
  await write({ ...seeded('f-tool'), outcome: 'retracted', updatedAt: resolvedAt });
  const { trend } = await overview();
  expect(trend).toHaveLength(90);
  expect(trend.slice(-2)).toEqual([
    { day: '2026-03-01', found: 4, resolved: 0 },
    { day: '2026-03-02', found: 0, resolved: 1 },
  ]);
});

test('the fleet says who is online, who is silent and whose probes cannot look', async () => {
  world.now += 3 * DAY;
  const { fleet, changes } = await overview(await world.signIn());
  expect(fleet).toMatchObject({ endpoints: 3, online: 2, silent: 1, seeing: 0, impaired: 1 });
  expect(changes.silent).toBe(1);
});

test('cases that nobody took up are named, the most severe first', async () => {
  const opened = (id: string, severity: 'high' | 'critical') => ({
    ...{
      id,
      severity,
      status: 'new',
      standing: true,
      triggers: [],
      contractors: ['ada'],
      findings: ['f-tool'],
    },
    ...{ openedAt: SEED_NOW, updatedAt: SEED_NOW },
  });
  await world.store.db
    .transaction()
    .execute((trx) =>
      writeCases(trx, SEED_NOW, [opened('case_1', 'high') as never, opened('case_2', 'critical') as never]),
    );
  const { waiting, changes } = await overview();
  expect(waiting.count).toBe(2);
  expect(waiting.shown.map(({ id }) => id)).toEqual(['case_2', 'case_1']);
  expect(changes.cases).toBe(2);
});

test('the map has who is where and who did not declare it, and leaves exits out', async () => {
  const { db } = world.store;
  await db
    .updateTable('contractors')
    .set({ declaration: JSON.stringify({ countries: ['PL'] }) })
    .where('id', '=', 'ben')
    .execute();
  await db
    .insertInto('spans')
    .values({
      ...{ endpoint: 'laptop-3', contractor: 'cleo', kind: 'egress', key: 'exit', source: 'collector' },
      ...{ from: SEED_NOW, to: null, from_raw: null, epoch: null, seq: null },
      fact: JSON.stringify({ kind: 'egress', ip: '203.0.113.9', country: 'DE', networkClass: 'vpn' }),
    })
    .execute();
  const answer = await world.get('/api/v1/overview/world', cookie);
  expect(worldSchema.parse(await answer.json())).toEqual({
    countries: [
      { country: 'PL', declared: 1, here: 0, undeclared: 0 },
      { country: 'US', declared: 1, here: 2, undeclared: 1 },
    ],
    spots: [{ lat: 42, lon: -88, contractors: 2, undeclared: 1 }],
    online: 3,
    nowhere: 1,
  });
});

test('the checklist is ticked by the store, and by a person only where no store can know', async () => {
  const list = async () => checklistSchema.parse(await (await world.get('/api/v1/checklist', cookie)).json());
  expect(await list()).toMatchObject({ endpoints: 3, declared: 2, noted: null, dismissedAt: null });
  for (const step of ['backup', 'dismiss']) await world.post(`/api/v1/checklist/${step}`, {}, { cookie });
  expect(await list()).toMatchObject({
    noted: { by: 'analyst@example.com', at: SEED_NOW },
    dismissedAt: SEED_NOW,
  });
});

test('a finding that somebody decided on is resolved today and open no more, and a case with an assignee waits for nobody', async () => {
  await world.store.db.transaction().execute((trx) =>
    writeCases(trx, SEED_NOW, [
      {
        id: 'case_1',
        status: 'new',
        standing: true,
        severity: 'critical',
        triggers: [{ by: 'critical', finding: 'f-place' }],
        contractors: ['ada', 'ben'],
        findings: ['f-place'],
        openedAt: SEED_NOW,
        updatedAt: SEED_NOW,
      },
    ]),
  );
  const before = await overview();
  expect(before.waiting.count).toBe(1);
  const resolvedToday = ({ trend }: Overview) => trend.at(-1)?.resolved ?? 0;
  const work = (path: string, body: object) => world.post(`/api/v1${path}/triage`, body, { cookie });
  await work('/findings/f-tool', { version: 0, decision: 'benign', reason: 'The help desk' });
  await work('/cases/case_1', { version: 0, assign: 'ada@example.com' });
  const after = await overview();
  expect(resolvedToday(after)).toBe(resolvedToday(before) + 1);
  expect(after.open.map(({ severity }) => severity)).not.toContain('high');
  expect(after.waiting.count).toBe(0);
});
