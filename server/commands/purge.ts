import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { RETENTION_CLASSES } from '../../shared/tombstone.ts';
import { collectorKeys } from '../audit/collector-keys.ts';
import { readConfig } from '../config.ts';
import { purge } from '../retention/purge.ts';
import { openStore } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';
import { table } from './table.ts';

export const purgeCommand: Command = {
  usage: `farhand purge --dry-run|--now [--config file] [--data-dir folder]

Removes what is older than \`retention\` of the configuration says, as the collector does once a day by itself; --dry-run only counts.
What an open case, an open finding or a legal hold rests on stays. Every removal leaves a signed tombstone, and chains still verify
across it. May run beside the collector, and may be stopped at any moment.

Example: farhand purge --dry-run`,
  async run(args) {
    const { values } = optionsOf(args, {
      'dry-run': { type: 'boolean', default: false },
      now: { type: 'boolean', default: false },
      config: { type: 'string' },
      'data-dir': { type: 'string' },
    });
    if (values.now === values['dry-run'])
      throw new CodedError('USAGE', { reason: 'expected --dry-run or --now' });
    const { dataDir, retention } = readConfig({
      file: values.config,
      flags: { dataDir: values['data-dir'] },
    });
    await using store = await openStore(dataDir);
    const now = Date.now();
    const signer = values.now ? { signer: collectorKeys(dataDir, instant(now)) } : {};
    const purged = await purge({ store, retention, now, by: commandLine(), ...signer });
    const rows = RETENTION_CLASSES.map((name) => [name, String(retention[name]), String(purged[name])]);
    process.stdout.write(`${table(['class', 'days kept', values.now ? 'removed' : 'would go'], rows)}\n`);
    return 0;
  },
};
