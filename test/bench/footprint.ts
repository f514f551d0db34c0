import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { enroll } from '../../agent/enroll.ts';
import { temporaryFolder, testCollector } from '../support/collector.ts';
import { run } from '../support/processes.ts';
import { type Measurement, rounded } from './measure.ts';
import { cpuSeconds, residentMb } from './process.ts';

const MINUTES = 5;

/** The bundled agent at its default cadence, connected and idle. */
export async function benchFootprint(): Promise<readonly Measurement[]> {
  await using collector = await testCollector();
  const dataDir = join(temporaryFolder(), 'agent');
  await enroll(await collector.token(), dataDir);
  await using agent = await run([
    'agent/dist/farhand-agent.mjs',
    'run',
    '--data-dir',
    dataDir,
    '--log-level',
    'error',
  ]);
  await pause(15_000);
  const before = cpuSeconds(agent.pid);
  await pause(MINUTES * 60_000);
  const share = (cpuSeconds(agent.pid) - before) / (MINUTES * 60);
  return [
    {
      what: `agent bundle, resident memory after ${MINUTES} minutes`,
      result: `${rounded(residentMb(agent.pid))} MB`,
      goal: '≤ 60 MB (next milestone)',
    },
    {
      what: `agent bundle, share of one core over ${MINUTES} minutes`,
      result: `${rounded(share * 100, 2)} %`,
      goal: '≤ 0.2 % (next milestone)',
    },
  ];
}
