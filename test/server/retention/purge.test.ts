import { createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { collectorKeys } from '../../../server/audit/collector-keys.ts';
import { readConfig } from '../../../server/config.ts';
import { purge } from '../../../server/retention/purge.ts';
import { appendAction, verifyActions } from '../../../server/store/actions.ts';
import { asOf } from '../../../server/store/as-of.ts';
import { writeFindings } from '../../../server/store/findings.ts';
import { placeHold, releaseHold } from '../../../server/store/holds.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { tombstones } from '../../../server/store/tombstones.ts';
import type { Finding } from '../../../shared/finding.ts';
import type { SealedBatch } from '../../../shared/frames.ts';
import { DAY, instant, millis } from '../../../shared/time.ts';
import { tombstoneText } from '../../../shared/tombstone.ts';
import { run as runProcess } from '../../support/processes.ts';
import { began } from '../../support/raw-agent.ts';
import { SEED_FINDINGS } from '../../support/seed.ts';
import { telling } from '../../support/telling.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

const NOW = millis('2026-11-02T14:00:00.000Z');
const daysAgo = (days: number) => instant(NOW - days * DAY);
const BY = { actor: 'iris', source: 'cli', at: daysAgo(0) };

let folder: ReturnType<typeof tempDir>;
let store: Store;
beforeEach(async () => {
  folder = tempDir();
  store = await openStore(folder.path);
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const { retention } = readConfig({ env: {}, ownFile: false });
const DAYS = { ...retention, evidence: 90, spans: 90, findings: 90, cases: 90, declarations: 90 } as const;

function run(more: Partial<Parameters<typeof purge>[0]> = {}) {
  return purge({ store, retention: DAYS, now: NOW, signer: collectorKeys(folder.path, daysAgo(0)), ...more });
}

const begins = (port: number) => began({ kind: 'listener', proto: 'tcp', port, scope: 'any' });
const ends = (port: number) => ({ change: 'ended', fact: { kind: 'listener', proto: 'tcp', port } }) as const;

/** One thing that began and ended on each of these days, a batch each. */
async function told(days: readonly number[]): Promise<void> {
  await using laptop = await telling(store, { at: daysAgo(300) });
  for (const [port, day] of days.entries()) {
    const at = daysAgo(day);
    await laptop.tell([begins(port + 1), ends(port + 1)], at);
  }
}

const batches = () =>
  store.db.selectFrom('batches').select(['first', 'prev', 'hash']).orderBy('first').execute();
const spans = () => store.db.selectFrom('spans').selectAll().orderBy('id').execute();

test('what is old goes, and a signed tombstone joins the chain across the hole', async () => {
  await told([200, 150, 100, 50, 1]);
  const before = await batches();
  expect(await run({ signer: undefined } as never)).toMatchObject({ evidence: 3, spans: 3 });
  expect(await batches()).toHaveLength(5);

  expect(await run()).toMatchObject({ evidence: 3, spans: 3 });
  const left = await batches();
  expect([left.length, (await spans()).length]).toEqual([2, 2]);
  const [hole, gone] = await tombstones(store.db);
  expect(hole?.tombstone).toMatchObject({
    class: 'evidence',
    contractor: 'ada',
    rows: 3,
    from: daysAgo(200),
    until: daysAgo(100),
    evidence: { first: 1, last: 6, observations: 6, headBefore: before[0]?.prev, headAfter: left[0]?.prev },
  });
  expect(gone?.tombstone).toMatchObject({ class: 'spans', rows: 3 });
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: hole?.publicKey ?? '' },
  });
  const signed = Buffer.from(hole?.signature ?? '', 'base64url');
  expect(verify(null, Buffer.from(tombstoneText(hole?.body ?? '')), key, signed)).toBe(true);

  expect(await asOf(store.db, 'ada', daysAgo(120))).toMatchObject({
    complete: false,
    note: expect.stringContaining('purged'),
  });
  expect(await asOf(store.db, 'ada', daysAgo(60))).toMatchObject({ complete: true });
});

test('a purge that is broken off and taken up again leaves one hole with all of it', async () => {
  await told([200, 150, 100, 50]);
  await run({ retention: { ...DAYS, evidence: 180, spans: 'forever' } });
  await run({ signal: AbortSignal.abort() });
  expect(await batches()).toHaveLength(3);
  await run({ retention: { ...DAYS, spans: 'forever' } });
  const holes = await tombstones(store.db);
  expect(holes.map(({ tombstone }) => tombstone.evidence)).toMatchObject([{ first: 1, last: 6, batches: 3 }]);
  expect(holes[0]?.tombstone.rows).toBe(3);
});

test('a batch that was purged and comes again is a repeat, and one that contradicts its tombstone is not', async () => {
  await using laptop = await telling(store, { at: daysAgo(300) });
  for (const [port, day] of [200, 150, 100, 1].entries())
    await laptop.tell([begins(port), ends(port)], daysAgo(day));
  await run();
  expect(await batches()).toHaveLength(1);
  for (const batch of laptop.told)
    expect(await laptop.deliver(batch, daysAgo(0))).toEqual({ outcome: 'repeated', through: 8 });
  const counts = store.db.selectFrom('endpoints').select(['repeated', 'contradicted']);
  expect(await counts.executeTakeFirst()).toEqual({ repeated: 4, contradicted: 0 });

  const [first] = laptop.told;
  const forged = {
    payload: first?.payload ?? '',
    header: { ...first?.header, prev: 'B'.repeat(43) },
  } as SealedBatch;
  expect(await laptop.deliver(forged, daysAgo(0))).toMatchObject({ error: { code: 'CHAIN_BREAK' } });
  expect(await counts.executeTakeFirst()).toEqual({ repeated: 4, contradicted: 1 });
});

test('what an open finding rests on stays until it is no longer open', async () => {
  await told([200, 150, 100]);
  const [, rests] = await spans();
  const finding = {
    ...z.parse(z.custom<Finding>(), SEED_FINDINGS[0]),
    contractors: ['ada'],
    spans: [String(rests?.id)],
    foundAt: daysAgo(150),
    updatedAt: daysAgo(140),
  };
  const write = (outcome: 'open' | 'retracted') =>
    store.db.transaction().execute((trx) => writeFindings(trx, daysAgo(140), [{ ...finding, outcome }]));
  await write('open');
  expect(await run()).toMatchObject({ evidence: 2, spans: 2, findings: 0 });
  expect((await spans()).map(({ id }) => id)).toEqual([rests?.id]);
  expect((await tombstones(store.db)).filter(({ tombstone }) => tombstone.evidence)).toHaveLength(2);
  await write('retracted');
  expect(await run()).toMatchObject({ evidence: 1, spans: 1, findings: 1 });
  expect(await spans()).toEqual([]);
});

test('a hold keeps everything until two people have released it', async () => {
  await told([200]);
  const { id } = await placeHold(store.db, { scope: 'contractor', subject: 'ada', reason: 'matter 14' }, BY);
  expect(await run()).toMatchObject({ evidence: 0, spans: 0 });
  await releaseHold(store.db, id, { reason: 'over', by: BY });
  await expect(releaseHold(store.db, id, { reason: 'over', by: BY })).rejects.toMatchObject({
    code: 'FOUR_EYES',
  });
  expect(await run()).toMatchObject({ evidence: 0, spans: 0 });
  await releaseHold(store.db, id, { reason: 'over', by: { ...BY, actor: 'otto' } });
  expect(await run()).toMatchObject({ evidence: 1, spans: 1 });
  await expect(releaseHold(store.db, id, { reason: 'x', by: BY })).rejects.toMatchObject({
    code: 'HOLD_RELEASED',
  });
});

test('the action log still verifies when its start was purged, and does not when more is missing', async () => {
  const note = (day: number) =>
    store.db.transaction().execute((trx) =>
      appendAction(trx, {
        at: daysAgo(day),
        actor: 'ada',
        source: 'cli',
        action: 'test.note',
        subject: 'x',
        detail: {},
      }),
    );
  for (const day of [200, 190, 180, 20, 10]) await note(day);
  expect(await run({ retention: { ...retention, actions: 185 } })).toMatchObject({ actions: 2 });
  expect(await run({ retention: { ...retention, actions: 90 } })).toMatchObject({ actions: 1 });
  // Both purges are on the log themselves.
  expect(await verifyActions(store.db)).toMatchObject({ intact: true, count: 7 });
  const [row] = await store.db.selectFrom('actions').select('id').orderBy('id').limit(1).execute();
  await store.db
    .deleteFrom('actions')
    .where('id', '=', row?.id ?? 0)
    .execute();
  expect(await verifyActions(store.db)).toMatchObject({ intact: false });
});

test('a purge beside agents that deliver loses nothing of what they tell', async () => {
  await told(Array.from({ length: 60 }, (_, index) => 300 - index));
  await using other = await telling(store, { endpoint: 'laptop-2', contractor: 'ben', at: daysAgo(1) });
  const purging = run();
  for (let port = 1; port <= 30; port += 1) await other.tell([begins(port)], daysAgo(1));
  expect(await purging).toMatchObject({ evidence: 60, spans: 60 });
  expect((await spans()).filter(({ endpoint }) => endpoint === 'laptop-2')).toHaveLength(30);
});

test('a purge that is killed in the middle goes on with the next one, and nothing is counted twice', async () => {
  await using laptop = await telling(store, { at: daysAgo(300) });
  const ports = Array.from({ length: 200 }, (_, index) => index + 1);
  for (const round of [0, 1, 2, 3, 4, 5])
    await laptop.tell([...ports.map(begins), ...ports.map(ends)], daysAgo(250 - round));
  const child = await runProcess(['test/support/kill-while-signing.ts', 'purge', folder.path, daysAgo(0)]);
  await until(() => child.child.signalCode !== null || child.child.exitCode !== null);
  expect(child.child.signalCode).toBe('SIGKILL');
  const [left, before] = [await spans(), await tombstones(store.db)];
  expect(left.length).toBeGreaterThan(0);
  expect(before.map(({ tombstone }) => tombstone.class)).toEqual(['evidence', 'spans']);

  await run();
  const after = await tombstones(store.db);
  const rows = (name: string) =>
    after
      .flatMap(({ tombstone }) => (tombstone.class === name ? tombstone.rows : []))
      .reduce((sum, n) => sum + n, 0);
  expect([rows('evidence'), rows('spans'), (await spans()).length]).toEqual([6, 1_200, 0]);
});
