import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CodedError, codedError } from '../../shared/errors.ts';
import { startCollector } from '../collector.ts';
import { type Config, readConfig } from '../config.ts';
import { openLog } from '../log.ts';
import { startMirror } from '../mirror/mirror.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const CONSOLE_DIR = fileURLToPath(new URL('../console/dist', import.meta.url));

export const serve: Command = {
  usage: `farhand serve [--config file] [--data-dir folder] [--host address] [--port number] [--role collector|mirror]

Takes agents' connections, judges, and serves the console and the API on one port. Stops on SIGINT or SIGTERM.
On SIGHUP reads the policy again from its configuration and tells it to the agents; the rest stays as it is.
Logs JSON lines to stderr. Create a sign-in link with "farhand user link" and enroll agents with "farhand token create".

With --role mirror it is no collector: on a public address it tells agents from where they speak, signed. Put its address and the
public key that it prints into \`mirrors\` of the collector's configuration. It keeps nothing but its key.`,
  async run(args) {
    const { values } = optionsOf(args, {
      config: { type: 'string' },
      'data-dir': { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      role: { type: 'string', default: 'collector' },
    });
    const { role } = values;
    if (role !== 'collector' && role !== 'mirror')
      throw new CodedError('USAGE', { reason: 'the role is collector or mirror', role });
    const read = () =>
      readConfig({
        file: values.config,
        flags: { dataDir: values['data-dir'], host: values.host, port: values.port },
      });
    const config = read();
    if (role === 'mirror') return serveMirror(config);
    const log = openLog(config.logLevel);
    await using collector = await startCollector({
      config,
      log,
      consoleDir: CONSOLE_DIR,
      judgesInThread: true,
    });
    using _ = onHangup(() => {
      try {
        const { policy } = read();
        collector.setPolicy(policy);
        log.info({ policy: policy.version }, 'policy read again');
      } catch (error) {
        log.error({ err: codedError(error) }, 'configuration was not read again, the policy stays');
      }
    });
    process.stdout.write(`Farhand collector on ${collector.url}, data in ${config.dataDir}\n`);
    await told();
    return 0;
  },
};

function onHangup(take: () => void): Disposable {
  process.on('SIGHUP', take);
  return { [Symbol.dispose]: () => process.off('SIGHUP', take) };
}

async function serveMirror(config: Config): Promise<number> {
  await using mirror = await startMirror({ config, log: openLog(config.logLevel) });
  process.stdout.write(`Farhand mirror on ${mirror.url}, public key ${mirror.publicKey}\n`);
  await told();
  return 0;
}

/** Resolves when the operator asks to stop. */
export async function told(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
