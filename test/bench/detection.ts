import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { enroll } from '../../agent/enroll.ts';
import { type TestCollector, temporaryFolder, testCollector } from '../support/collector.ts';
import { run } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { type Measurement, median, rounded } from './measure.ts';

const ROUNDS = 12;
const CADENCE_MS = 5_000;

/** From a tool's start on this machine to its finding in the store: a real agent process at its default cadence. */
export async function benchDetection(): Promise<readonly Measurement[]> {
  await using collector = await testCollector();
  const folder = temporaryFolder();
  const dataDir = join(folder, 'agent');
  await enroll(await collector.token(), dataDir);
  await using _agent = await run(['agent/main.ts', 'run', '--data-dir', dataDir, '--log-level', 'error']);
  const program = join(folder, 'anydesk');
  copyFileSync('/bin/sleep', program);

  const waits: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Golden-ratio steps start the tool at evenly spread moments of the agent's round.
    await pause(CADENCE_MS * ((round * 0.618) % 1));
    const started = performance.now();
    const tool = spawn(program, ['600']);
    await until(async () => (await lastEnd(collector)) === null, { withinMs: 30_000 });
    waits.push(performance.now() - started);
    tool.kill();
    await once(tool, 'exit');
    await until(async () => typeof (await lastEnd(collector)) === 'string', { withinMs: 30_000 });
  }
  return [
    {
      what: 'tool starts → finding in the store, default cadence, median',
      result: `${rounded(median(waits) / 1_000, 1)} s`,
      goal: '≤ 4 s',
    },
    { what: `the same, slowest of ${ROUNDS}`, result: `${rounded(Math.max(...waits) / 1_000, 1)} s` },
  ];
}

/** Null while the finding goes on, undefined while there is none. */
async function lastEnd({ store }: TestCollector): Promise<string | null | undefined> {
  const row = await store.db
    .selectFrom('findings')
    .select('to')
    .where('rule', '=', 'unapproved-remote-tool')
    .where('key', '=', 'anydesk')
    .executeTakeFirst();
  return row?.to;
}
