import { VERSION } from '../../shared/version.ts';
import { startAgent } from '../agent.ts';
import { readConfig } from '../config.ts';
import { openLog } from '../log.ts';
import { optionsOf } from './arguments.ts';
import type { Command } from './command.ts';

export const runCommand: Command = {
  name: 'run',
  summary: 'look and report until stopped',
  usage: `Usage: farhand-agent run [--data-dir <folder>] [--log-level <level>] [--stop-with-stdin]

Runs until SIGTERM or SIGINT, with --stop-with-stdin also until its standard input ends; what is not delivered by then waits on disk. Only one agent runs on a data folder.
`,
  async run(args) {
    const values = optionsOf(args, { 'stop-with-stdin': { type: 'boolean', default: false } });
    const config = readConfig({ dataDir: values['data-dir'], logLevel: values['log-level'] });
    const log = openLog(config.logLevel);
    const stopped = Promise.race([stopSignal(), ...(values['stop-with-stdin'] ? [stdinEnd()] : [])]);
    await using agent = await startAgent(config, { log });
    log.info({ version: VERSION, dataDir: config.dataDir }, 'agent started');
    const failure = await Promise.race([stopped, agent.failure]);
    if (failure) throw failure;
    log.info('agent stops');
    return 0;
  },
};

function stopSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(undefined));
  });
}

function stdinEnd(): Promise<undefined> {
  return new Promise((resolve) => {
    process.stdin.once('end', () => resolve(undefined)).resume();
  });
}
