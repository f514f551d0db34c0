import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Spool } from '../../agent/spool.ts';
import { batchFrame, parsePayload } from '../../shared/frames.ts';
import { listenerBegan, listenersBegan } from '../support/sample-changes.ts';
import { spoolIn, verifiedBatches } from '../support/spools.ts';
import { tempDir } from '../support/temp-dir.ts';

let dir: ReturnType<typeof tempDir>;
beforeEach(() => {
  dir = tempDir();
});
afterEach(() => dir[Symbol.dispose]());

/** A folder with delivered, sealed and unsealed observations, and what its batches are. */
async function sample(): Promise<{
  readonly path: string;
  readonly epoch: string;
  readonly frames: readonly string[];
}> {
  const path = join(dir.path, 'sample');
  await using spool = spoolIn(path);
  spool.append(listenersBegan(600));
  spool.acked(spool.nextBatch(0)?.header.last ?? 0);
  spool.append(listenersBegan(300, 601));
  const frames = framesOf(spool, 500);
  spool.append(listenersBegan(20, 2_000));
  return { path, epoch: spool.position().epoch, frames };
}

function framesOf(spool: Spool, after: number): readonly string[] {
  const frames: string[] = [];
  for (let batch = spool.nextBatch(after); batch; batch = spool.nextBatch(batch.header.last))
    frames.push(batchFrame(batch));
  return frames;
}

/** Opens what is left. It must work, and say that it is new unless it has everything that it had. */
async function survives(path: string, before: Awaited<ReturnType<typeof sample>>): Promise<'kept' | 'new'> {
  await using spool = spoolIn(path);
  spool.append([listenerBegan(9_999)]);
  const { epoch, next } = spool.position();
  if (epoch === before.epoch && next === 922) {
    const frames = framesOf(spool, 500);
    expect(before.frames.every((frame, index) => frame === frames[index])).toBe(true);
    return 'kept';
  }
  expect(epoch).not.toBe(before.epoch);
  const [first] = verifiedBatches(spool);
  expect(first && parsePayload(first).observations.map(({ fact }) => fact)).toEqual([
    { kind: 'disruption', cause: 'spool-damaged' },
    listenerBegan(9_999).fact,
  ]);
  return 'new';
}

test('a file cut off at any page is set aside, and that is the first that the new epoch tells', async () => {
  const before = await sample();
  const size = readFileSync(join(before.path, 'spool.sqlite')).length;
  const outcomes: string[] = [];
  for (let at = 4_096; at < size; at += 4_096 * 4) {
    using copy = tempDir();
    cpSync(before.path, copy.path, { recursive: true });
    truncateSync(join(copy.path, 'spool.sqlite'), at);
    outcomes.push(await survives(copy.path, before));
  }
  expect(new Set(outcomes)).toEqual(new Set(['new']));
});

test.each([
  ['empty', (path: string) => writeFileSync(path, '')],
  ['of another program', (path: string) => writeFileSync(path, '{"this":"is","no":"spool"}'.repeat(1_000))],
  [
    'another database',
    (path: string) => {
      writeFileSync(path, '');
      using database = new DatabaseSync(path);
      database.exec('create table visitors (name text); pragma user_version = 2');
    },
  ],
])('a file that is %s does not stop the agent, and the new epoch begins with that', async (_what, harm) => {
  const before = await sample();
  harm(join(before.path, 'spool.sqlite'));
  expect(await survives(before.path, before)).toBe('new');
});

test('a header that lets SQLite only read is damage, not a disk without rights', async () => {
  const before = await sample();
  const file = join(before.path, 'spool.sqlite');
  const harmed = readFileSync(file);
  harmed[18] = 3;
  writeFileSync(file, harmed);
  expect(await survives(before.path, before)).toBe('new');
});

test('whatever bytes change, no wrong batch goes out, and what is lost is told by a new epoch', {
  timeout: 60_000,
}, async () => {
  const before = await sample();
  const file = readFileSync(join(before.path, 'spool.sqlite'));
  const flip = fc.record({ at: fc.nat({ max: file.length - 1 }), by: fc.integer({ min: 1, max: 255 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 6 }), async (flips) => {
      using copy = tempDir();
      const harmed = Buffer.from(file);
      for (const { at, by } of flips) harmed[at] = (harmed[at] ?? 0) ^ by;
      writeFileSync(join(copy.path, 'spool.sqlite'), harmed);
      await survives(copy.path, before);
    }),
    { numRuns: 60 },
  );
});

test('a write-ahead log that was torn loses at most what was not committed before it', async () => {
  const path = join(dir.path, 'torn');
  mkdirSync(path);
  await using spool = spoolIn(dir.path);
  spool.append(listenersBegan(50));
  const committed = readFileSync(join(dir.path, 'spool.sqlite-wal')).length;
  spool.append(listenersBegan(50, 51));
  for (const name of ['spool.sqlite', 'spool.sqlite-wal'])
    copyFileSync(join(dir.path, name), join(path, name));
  truncateSync(join(path, 'spool.sqlite-wal'), committed + 1_000);

  await using torn = spoolIn(path);

  expect(torn.position()).toEqual({ ...spool.position(), next: 51 });
  expect(verifiedBatches(torn).flatMap((batch) => parsePayload(batch).observations)).toHaveLength(50);
});

test('of the files that were set aside only the latest three are kept', async () => {
  for (let day = 1; day <= 5; day += 1) {
    writeFileSync(join(dir.path, 'spool.sqlite'), 'torn');
    await using _spool = spoolIn(dir.path, { now: () => Date.UTC(2026, 2, day) });
  }
  const aside = readdirSync(dir.path).filter((name) => name.startsWith('spool.corrupt-'));
  expect(aside.sort().map((name) => name.slice(0, 24))).toEqual([
    'spool.corrupt-2026-03-03',
    'spool.corrupt-2026-03-04',
    'spool.corrupt-2026-03-05',
  ]);
});

test('a damaged file is left where it is by who may not set it aside', () => {
  writeFileSync(join(dir.path, 'spool.sqlite'), 'torn'.repeat(100));
  expect(() => spoolIn(dir.path, { setAside: false })).toThrow(
    expect.objectContaining({ code: 'SPOOL_DAMAGED' }),
  );
  expect(readdirSync(dir.path)).toContain('spool.sqlite');
});
