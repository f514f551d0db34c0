import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startCollector } from '../collector.ts';
import { readConfig } from '../config.ts';
import { openLog } from '../log.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const CONSOLE_DIR = fileURLToPath(new URL('../console/dist', import.meta.url));

export const serve: Command = {
  name: 'serve',
  summary: 'runs the collector until it is told to stop',
  usage: `farhand serve [--config file] [--data-dir folder] [--host address] [--port number]

Takes agents' connections, judges, and serves the console and the API on one port. Stops on SIGINT or SIGTERM.
Logs JSON lines to stderr. Create a sign-in link with "farhand user link" and enroll agents with "farhand token create".`,
  async run(args) {
    const { values } = optionsOf(args, {
      config: { type: 'string' },
      'data-dir': { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
    });
    const config = readConfig({
      file: values.config,
      flags: { dataDir: values['data-dir'], host: values.host, port: values.port },
    });
    await using collector = await startCollector({
      config,
      log: openLog(config.logLevel),
      consoleDir: CONSOLE_DIR,
    });
    process.stdout.write(`Farhand collector on ${collector.url}, data in ${config.dataDir}\n`);
    await told();
    return 0;
  },
};

/** Resolves when the operator asks to stop. */
export async function told(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
