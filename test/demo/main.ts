import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { CONSOLE_DIR } from '../../server/commands/serve.ts';
import { openLog } from '../../server/log.ts';
import { temporaryFolder } from '../support/collector.ts';
import { startSimulation } from '../support/simulation.ts';
import { letPeopleWork } from './people.ts';
import { demoStories, REVERTED } from './stories.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '7444' } } });
const folder = temporaryFolder();
try {
  await using simulation = await startSimulation({
    stories: demoStories(),
    reverted: REVERTED,
    folder,
    port: Number(values.port),
    log: openLog('error'),
    consoleDir: CONSOLE_DIR,
  });
  process.stdout.write(`SIMULATION: the people, machines and addresses are invented; collector, agents' links and rules are real.

  Console  ${await simulation.collector.signInLink('demo')}
           (signs you in once, within 30 minutes)

Living through the last weeks of a small fleet: `);
  let day = '';
  await simulation.live(async ({ at }) => {
    if (at.slice(0, 10) === day) return;
    day = at.slice(0, 10);
    process.stdout.write('.');
  });
  await letPeopleWork(simulation.collector);
  process.stdout.write(' now it is today.\nPress Ctrl-C to stop; nothing is kept.\n');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
} finally {
  await rm(folder, { recursive: true, force: true });
}
