import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openLog } from '../../../agent/log.ts';
import { openSpool } from '../../../agent/spool.ts';
import { openSpoolToRead } from '../../../agent/spool-file.ts';
import { randomOf } from '../random.ts';
import { diskModel } from './disk-model.ts';
import { type Step, traced } from './trace.ts';

// node:sqlite has no hook for its file system, so the writes are taken from the operating system: the real program runs under strace,
// and the states that a power cut could leave are made from the beginnings of what it wrote.

const reason = canTrace() ? undefined : 'strace is missing, or may not trace here';
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

describe.skipIf(reason !== undefined)('when the power goes and what was not synced is lost or torn', () => {
  test('the spool opens undamaged with every observation that it had taken', {
    timeout: 90_000,
  }, async () => {
    using folder = memoryDir();
    const steps = await traced({
      args: [here('../../support/append-forever.ts'), join(folder.path, 'first')],
      lines: 260,
      file: join(folder.path, 'trace'),
      prefix: 'spool.sqlite',
    });
    expect(syncs(steps, 'spool.sqlite'), 'the log was written back into the file').toBeGreaterThan(1);
    for (const { dataDir, told } of cuts(steps, { folder: folder.path, count: 60, seed: 1 })) {
      await using spool = openSpool({
        dataDir,
        endpoint: 'laptop-1',
        sign: () => 'A'.repeat(86),
        log: openLog('silent'),
      });
      expect(readdirSync(dataDir).filter((name) => name.includes('corrupt'))).toEqual([]);
      expect(spool.position().next - 1).toBeGreaterThanOrEqual(told);
      using database = openSpoolToRead(dataDir);
      const select = database?.prepare('select first, last from batches order by id');
      // Seals what is unsealed, so that all of it lies in batches.
      spool.nextBatch(Number(select?.all().at(-1)?.['last'] ?? 0));
      const sealed = select?.all() ?? [];
      const end = sealed.reduce((after, { first, last }) => {
        expect(first).toBe(after + 1);
        return Number(last);
      }, 0);
      expect(end).toBe(spool.position().next - 1);
    }
  });

  test('the store opens with every batch that was acknowledged, each once and in its chain', {
    timeout: 90_000,
  }, async () => {
    using folder = memoryDir();
    const steps = await traced({
      args: [here('commit-forever.ts'), join(folder.path, 'first')],
      lines: 30,
      file: join(folder.path, 'trace'),
      prefix: 'collector.sqlite',
    });
    expect(syncs(steps, 'collector.sqlite'), 'the log was written back into the file').toBeGreaterThan(1);
    for (const { dataDir, told } of cuts(steps, { folder: folder.path, count: 30, seed: 2 })) {
      using database = new DatabaseSync(join(dataDir, 'collector.sqlite'));
      expect(database.prepare('pragma quick_check').get()).toEqual({ quick_check: 'ok' });
      const batches = database.prepare('select first, last, prev, hash from batches order by first').all();
      expect(batches.length).toBeGreaterThanOrEqual(told);
      expect(batches.map(({ first }) => first)).toEqual(batches.map((_, index) => index + 1));
      expect(batches.slice(1).map(({ prev }) => prev)).toEqual(batches.slice(0, -1).map(({ hash }) => hash));
      const cursor = database.prepare('select acked from cursors').get();
      expect(cursor?.['acked'] ?? 0).toBe(batches.length);
      expect(database.prepare('select count(*) as n from spans').get()).toEqual({ n: batches.length });
    }
  });
});

interface Cut {
  readonly dataDir: string;
  /** The highest number that was told before the power went. */
  readonly told: number;
}

/** Folders as they may be after power cuts at random moments, once something was told. */
function* cuts(
  steps: readonly Step[],
  { folder, count, seed }: { readonly folder: string; readonly count: number; readonly seed: number },
): Generator<Cut> {
  const random = randomOf(seed);
  const begin = steps.findIndex(({ does }) => does === 'say');
  const moments = Array.from({ length: count }, () => random.between(begin, steps.length)).sort(
    (a, b) => a - b,
  );
  const model = diskModel();
  let done = 0;
  let told = 0;
  for (const moment of moments) {
    for (const step of steps.slice(done, moment)) {
      model.take(step);
      if (step.does === 'say') told = Number(step.text);
    }
    done = Math.max(done, moment);
    const dataDir = join(folder, 'cut');
    if (existsSync(dataDir)) rmSync(dataDir, { recursive: true });
    mkdirSync(dataDir);
    model.cut(dataDir, random);
    yield { dataDir, told };
  }
}

/** A folder where a sync costs nothing: what matters here is when one was asked for. */
function memoryDir(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'farhand-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

function syncs(steps: readonly Step[], file: string): number {
  return steps.filter((step) => step.does === 'sync' && step.file === file).length;
}

function canTrace(): boolean {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
