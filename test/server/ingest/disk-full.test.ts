import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import type { Fact } from '../../../shared/facts.ts';
import { temporaryFolder, testCollector } from '../../support/collector.ts';
import { began, chainOf, enrollRaw, newEpoch, openRaw } from '../../support/raw-agent.ts';

const folder = temporaryFolder();
const disk = join(folder, 'disk');
const reason = mounted();
afterAll(() => {
  if (reason === undefined) execFileSync('umount', ['--lazy', disk]);
  rmSync(folder, { recursive: true, force: true });
});

/** A disk of 4 MB; the reason why there is none otherwise. */
function mounted(): string | undefined {
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'mounting a small disk needs the rights of root';
  }
}

const facts = (count: number): readonly Fact[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'tool',
    tool: `tool-${index}`,
    state: 'running',
    category: 'remote-access',
    signs: [{ by: 'process', name: 'x'.repeat(150) }],
  }));

test.skipIf(reason !== undefined)(
  'a full disk refuses batches by name, keeps what was acknowledged, and goes on when there is room',
  async () => {
    const dataDir = join(disk, 'data');
    await using collector = await testCollector({ config: { dataDir }, keep: true });
    const identity = await enrollRaw(await collector.token());
    const epoch = newEpoch();
    const chain = chainOf(identity, epoch);
    const batches = Array.from({ length: 10 }, () => chain.frame(facts(200).map(began)));

    let acked = 0;
    let refusal: string | undefined;
    {
      await using connection = await openRaw(identity, { epoch });
      for (const frame of batches) {
        connection.send(frame);
        const answer = await connection.next();
        if (answer.type === 'bye') {
          refusal = answer.code;
          break;
        }
        acked += 1;
      }
    }
    expect(refusal).toBe('STORE_FULL');
    expect(acked).toBeGreaterThan(0);
    execFileSync('mount', ['-o', 'remount,size=128m', disk]);

    await using again = await openRaw(identity, { epoch, next: batches.length * 200 + 1 });
    expect(again.acked).toBe(acked * 200);
    for (const frame of batches.slice(acked)) {
      again.send(frame);
      expect(await again.next()).toMatchObject({ type: 'ack' });
    }
    const database = new DatabaseSync(join(dataDir, 'collector.sqlite'), { readOnly: true });
    expect(
      database.prepare('select count(*) as n, sum(last - first + 1) as observations from batches').get(),
    ).toMatchObject({ n: 10, observations: 2_000 });
    expect(database.prepare('pragma integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
    database.close();
  },
);
