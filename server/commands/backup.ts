import { CodedError } from '../../shared/errors.ts';
import { makeBackup } from '../backup/make-backup.ts';
import { readConfig } from '../config.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const backup: Command = {
  usage: `farhand backup --out file [--config file] [--data-dir folder]

Writes one zip with the store as it is at one moment, and with configuration, keys and certificates of the data folder. The collector may
run meanwhile. Whoever has this file has the collector's private keys: keep it like them. Files elsewhere, such as certificates that the
configuration names outside the data folder, are not in it.

Example: farhand backup --out /backup/farhand-monday.zip`,
  async run(args) {
    const { values } = optionsOf(args, {
      out: { type: 'string' },
      config: { type: 'string' },
      'data-dir': { type: 'string' },
    });
    if (values.out === undefined) throw new CodedError('USAGE', { reason: '--out is needed' });
    const { dataDir } = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
    const progress = (step: string) => process.stderr.write(`${step}\n`);
    const { files, at } = await makeBackup({ dataDir, out: values.out, now: Date.now(), progress });
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    process.stdout.write(`${values.out}: ${files.length} files, ${Math.ceil(bytes / 1e6)} MB, as of ${at}\n`);
    return 0;
  },
};
