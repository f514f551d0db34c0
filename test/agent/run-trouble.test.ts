import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enroll } from '../../agent/enroll.ts';
import type { Spool } from '../../agent/spool.ts';
import { type CodedError, codedError } from '../../shared/errors.ts';
import { type CollectorPeer, startPeer } from '../support/collector-peer.ts';
import { enrolledSpool } from '../support/enrolled-spool.ts';
import { farhandAgent } from '../support/farhand-agent.ts';
import { listenersBegan } from '../support/sample-changes.ts';
import { spoolIn, verifiedBatches } from '../support/spools.ts';
import { tempDir } from '../support/temp-dir.ts';

let dir: ReturnType<typeof tempDir>;
let peer: CollectorPeer;
let disk: string;
beforeEach(async () => {
  dir = tempDir();
  peer = await startPeer();
  disk = join(dir.path, 'disk');
  mkdirSync(disk);
});
afterEach(async () => {
  await peer[Symbol.asyncDispose]();
  dir[Symbol.dispose]();
});

/** Mounts a disk of 4 MB there; skips the test where that is not allowed. */
function smallDisk(skip: (reason: string) => void): Disposable {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    skip('mounting a small disk needs the rights of root');
  }
  return { [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', disk]) };
}

function appendUntilFull(spool: Spool): { readonly kept: number; readonly problem: CodedError } {
  for (let kept = 0; ; kept += 100) {
    try {
      spool.append(listenersBegan(100));
    } catch (error) {
      return { kept, problem: codedError(error) };
    }
  }
}

test('a full disk is a coded problem, keeps what append returned for, and goes on when there is room', async ({
  skip,
}) => {
  using _mounted = smallDisk(skip);
  writeFileSync(join(disk, 'ballast'), new Uint8Array(3 * 1024 * 1024));
  await using spool = spoolIn(disk);
  const { kept, problem } = appendUntilFull(spool);
  expect(problem.code).toBe('SPOOL_UNAVAILABLE');
  expect(spool.position()).toMatchObject({ oldest: 1, next: kept + 1 });

  rmSync(join(disk, 'ballast'));
  spool.append(listenersBegan(100));
  const numbers = verifiedBatches(spool).map(({ header }) => header.last - header.first + 1);
  expect(numbers.reduce((sum, count) => sum + count)).toBe(kept + 100);
});

test('an export that does not fit is no file, and the same export fits elsewhere', async ({ skip }) => {
  using _mounted = smallDisk(skip);
  const dataDir = join(dir.path, 'agent');
  await enroll(peer.token(), dataDir);

  {
    await using spool = enrolledSpool(dataDir);
    spool.append(listenersBegan(30_000));
  }
  const failed = await farhandAgent(['export', join(disk, 'out'), '--data-dir', dataDir]);
  expect([failed.exitCode, failed.stderr.split(' ')[0]]).toEqual([1, 'EXPORT_FAILED:']);
  expect(readdirSync(disk)).toEqual([]);
  const elsewhere = await farhandAgent(['export', join(dir.path, 'out'), '--data-dir', dataDir]);
  expect(elsewhere.stdout).toContain('Exported 60 sealed batches of laptop-1');
});

test('an agent that cannot write its folder, and one whose spool another program holds, stop with a code', async ({
  skip,
}) => {
  const mounted = smallDisk(skip);
  try {
    await enroll(peer.token(), disk);
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const readOnly = await farhandAgent(['run', '--data-dir', disk]);
    expect([readOnly.exitCode, readOnly.stderr.split(' ')[0]]).toEqual([1, 'SPOOL_UNAVAILABLE:']);
  } finally {
    mounted[Symbol.dispose]();
  }
  const dataDir = join(dir.path, 'agent');
  await enroll(peer.token(), dataDir);
  {
    await using _spool = spoolIn(dataDir, { endpoint: 'laptop-2' });
  }
  using other = new DatabaseSync(join(dataDir, 'spool.sqlite'));
  other.exec('begin exclusive');
  const held = await farhandAgent(['run', '--data-dir', dataDir]);
  expect([held.exitCode, held.stderr.split(' ')[0]]).toEqual([1, 'SPOOL_UNAVAILABLE:']);
  expect(readdirSync(dataDir).filter((name) => name.includes('corrupt'))).toEqual([]);
});
