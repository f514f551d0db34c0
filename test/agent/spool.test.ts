import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newKeys, privateKeyOf, signWith } from '../../agent/identity.ts';
import { openSpool, type Spool, type SpoolOptions } from '../../agent/spool.ts';
import { batchFrame, LIMITS, parsePayload, type SealedBatch } from '../../shared/frames.ts';
import { activityNoted, listenerBegan, listenerEnded, listenersBegan } from '../support/sample-changes.ts';
import { genesisHash, sealProblem } from '../support/seal-check.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testLog } from '../support/test-log.ts';
import { until } from '../support/until.ts';

const keys = newKeys();
const key = privateKeyOf(keys.privateKey);
let dir: ReturnType<typeof tempDir>;
let told: ReturnType<typeof testLog>;

beforeEach(() => {
  dir = tempDir();
  told = testLog();
});
afterEach(() => dir[Symbol.dispose]());

function open(more: Partial<SpoolOptions> = {}): Spool {
  const sign = (bytes: Uint8Array) => signWith(key, bytes);
  return openSpool({ dataDir: dir.path, endpoint: 'laptop-1', sign, log: told.log, ...more });
}

function everyBatch(spool: Spool): readonly SealedBatch[] {
  const batches: SealedBatch[] = [];
  for (let batch = spool.nextBatch(0); batch; batch = spool.nextBatch(batch.header.last)) batches.push(batch);
  return batches;
}

test('seals what was appended into one batch that verifies with the public key alone', async () => {
  await using spool = open();
  spool.append([listenerBegan(5900), activityNoted()]);
  spool.append([listenerEnded(5900)]);

  const batch = spool.nextBatch(0);

  expect(batch && sealProblem(batch, genesisHash('laptop-1', spool.position().epoch), keys.publicKey)).toBe(
    undefined,
  );
  const { observations } = parsePayload(batch as SealedBatch);
  expect(observations.map(({ seq, change, fact }) => [seq, change, fact.kind])).toEqual([
    [1, 'began', 'listener'],
    [2, 'noted', 'activity'],
    [3, 'ended', 'listener'],
  ]);
  expect(spool.nextBatch(3)).toBe(undefined);
});

test('chains every batch to the one before, across reopening', async () => {
  let head = '';
  {
    await using spool = open();
    head = genesisHash('laptop-1', spool.position().epoch);
    spool.append([listenerBegan(1)]);
    spool.nextBatch(0);
    spool.append([listenerBegan(2)]);
  }
  await using spool = open();
  spool.append([listenerBegan(3)]);

  const batches = everyBatch(spool);

  expect(batches.map(({ header }) => [header.first, header.last])).toEqual([
    [1, 1],
    [2, 3],
  ]);
  for (const batch of batches) {
    expect(sealProblem(batch, head, keys.publicKey)).toBe(undefined);
    head = batch.header.hash;
  }
});

test('gives the same bytes for a batch however often and whenever it is asked for', async () => {
  let frame = '';
  {
    await using spool = open();
    spool.append([listenerBegan(1), listenerBegan(2)]);
    frame = batchFrame(spool.nextBatch(0) as SealedBatch);
    spool.append([listenerBegan(3)]);
    expect(batchFrame(spool.nextBatch(0) as SealedBatch)).toBe(frame);
  }
  await using spool = open();
  expect(batchFrame(spool.nextBatch(0) as SealedBatch)).toBe(frame);
});

test('keeps every batch within the limits of a frame', async () => {
  await using spool = open();
  const signs = Array.from({ length: 16 }, () => ({ by: 'process', name: 'ü'.repeat(150) }) as const);
  spool.append(
    Array.from({ length: 200 }, (_, index) => ({
      change: 'began',
      at: '2026-03-02T14:00:00.000Z',
      fact: { kind: 'tool', tool: `tool-${index}`, state: 'running', category: 'remote-access', signs },
    })),
  );
  spool.append(listenersBegan(1_200));

  const batches = everyBatch(spool);

  const sizes = batches.map((batch) => Buffer.byteLength(batchFrame(batch)));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.frameBytes);
  expect(Math.max(...sizes)).toBeGreaterThan(LIMITS.frameBytes * 0.9);
  const counts = batches.map(({ header }) => header.last - header.first + 1);
  expect(Math.max(...counts)).toBe(LIMITS.batchObservations);
  expect(counts.reduce((sum, count) => sum + count)).toBe(1_400);
});

test('forgets what was acknowledged for delivery and remembers it as sent', async () => {
  await using spool = open();
  spool.append([listenerBegan(1)]);
  spool.nextBatch(0);
  spool.append([listenerBegan(2)]);
  spool.nextBatch(1);
  spool.append([listenerBegan(3)]);

  spool.acked(1);

  expect(spool.position()).toMatchObject({ oldest: 2, next: 4 });
  expect(
    [...spool.sent('2026-01-01T00:00:00.000Z')].map(({ last, deliveredAt }) => [last, !!deliveredAt]),
  ).toEqual([
    [1, true],
    [2, false],
  ]);
  expect([...spool.sent('2099-01-01T00:00:00.000Z')].map(({ last }) => last)).toEqual([2]);
});

test('knows the open facts after a restart', async () => {
  {
    await using spool = open();
    spool.append([listenerBegan(1), listenerBegan(2), activityNoted()]);
    spool.append([listenerEnded(1)]);
    spool.alive('2026-03-02T15:00:00.000Z');
  }
  await using spool = open();
  expect(spool.openFacts()).toEqual([listenerBegan(2).fact]);
  expect(spool.lastAlive()).toBe('2026-03-02T15:00:00.000Z');
});

test('loses nothing that append returned for when the process is killed', async () => {
  const child = spawn(process.execPath, ['test/support/append-forever.ts', dir.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until(() => said.split('\n').length > 250);
  child.kill('SIGKILL');
  await once(child, 'close');
  const durable = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));

  await using spool = open({ sign: () => 'A'.repeat(86) });

  const { oldest, next } = spool.position();
  expect(oldest).toBe(1);
  expect(next).toBeGreaterThan(durable);
  const observations = everyBatch(spool).flatMap((batch) => parsePayload(batch).observations);
  expect(observations.map(({ seq }) => seq)).toEqual(
    Array.from({ length: next - 1 }, (_, index) => index + 1),
  );
  expect(told.lines).toEqual([]);
});

test.each([
  ['is not a database', (path: string) => writeFileSync(path, 'torn')],
  ['is damaged in the middle', (path: string) => damage(path)],
])('sets aside a file that %s and begins a new epoch', async (_what, harm) => {
  let epoch = '';
  {
    await using spool = open();
    spool.append(listenersBegan(2_000));
    epoch = spool.position().epoch;
  }
  harm(join(dir.path, 'spool.sqlite'));

  await using spool = open();
  spool.append([listenerBegan(1)]);

  expect(spool.position().epoch).not.toBe(epoch);
  const { observations } = parsePayload(spool.nextBatch(0) as SealedBatch);
  expect(observations.map(({ fact }) => fact)).toEqual([
    { kind: 'disruption', cause: 'spool-damaged' },
    listenerBegan(1).fact,
  ]);
  expect(spool.openFacts()).toEqual([listenerBegan(1).fact]);
  expect(readdirSync(dir.path).some((name) => /^spool\.corrupt-.*Z\.sqlite$/.test(name))).toBe(true);
  expect(told.lines.map(({ level }) => level)).toEqual(['error']);
});

test('begins a new epoch for another endpoint, to which nothing of what waited is ascribed', async () => {
  let epoch = '';
  {
    await using spool = open();
    spool.append([listenerBegan(1), listenerBegan(2), listenerEnded(1)]);
    epoch = spool.position().epoch;
  }
  await using spool = open({ endpoint: 'laptop-2' });
  expect(spool.position().epoch).not.toBe(epoch);
  const { observations } = parsePayload(spool.nextBatch(0) as SealedBatch);
  expect(observations.map(({ change, fact }) => ({ change, fact }))).toEqual([
    { change: 'began', fact: listenerBegan(2).fact },
  ]);
  expect(told.lines).toMatchObject([{ level: 'error', fields: { lost: 3 } }]);
});

test('recognizes acknowledgements that an older copy of it cannot explain', async () => {
  await using spool = open();
  spool.append(listenersBegan(3));
  spool.nextBatch(0);
  spool.append(listenersBegan(2, 10));

  const answers = [0, 2, 3, 4, 5, 6].map((acked) => spool.contradicts(acked));

  expect(answers).toEqual([false, true, false, true, true, true]);
});

test('leaves out an observation that the protocol forbids, because it would block all others', async () => {
  await using spool = open();
  spool.append([
    listenerBegan(1),
    { change: 'began', at: 'yesterday', fact: { kind: 'listener', proto: 'tcp', port: 2, scope: 'any' } },
    listenerBegan(3),
  ]);
  const { observations } = parsePayload(spool.nextBatch(0) as SealedBatch);
  expect(observations.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(told.lines.map(({ level }) => level)).toEqual(['error']);
});

test('forgets old deliveries after their days', async () => {
  let now = Date.parse('2026-03-02T14:00:00.000Z');
  await using spool = open({ now: () => now, limits: { ledgerDays: 30 } });
  spool.append([listenerBegan(1)]);
  spool.nextBatch(0);
  spool.acked(1);
  now += 31 * 86_400_000;
  spool.append([listenerBegan(2)]);
  spool.nextBatch(1);
  spool.acked(2);
  expect([...spool.sent('2026-01-01T00:00:00.000Z')].map(({ first }) => first)).toEqual([2]);
});

test('never lets monotonic time be anything but milliseconds since the boot', async () => {
  await using spool = open({ mono: () => 12_345.6 });
  spool.append([listenerBegan(1)]);
  expect(parsePayload(spool.nextBatch(0) as SealedBatch).observations[0]?.mono).toBe(12_346);
});

/** Overwrites all but the first pages, so that it opens and only a check of the whole finds it. */
function damage(path: string): void {
  const size = statSync(path).size;
  const fd = openSync(path, 'r+');
  const noise = new Uint8Array(4_096).fill(0xa5);
  for (let at = 8 * 4_096; at < size; at += 4_096) writeSync(fd, noise, 0, noise.length, at);
  closeSync(fd);
}
