import { CodedError } from '../../shared/errors.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import { endpointIds } from '../store/contractors.ts';
import { openStore } from '../store/store.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const restore: Command = {
  usage: `farhand restore --from file --data-dir folder

Unpacks a backup into a folder that is empty or does not exist yet, and checks every hash before the folder has its name. Agents come back
by themselves: what they still hold they deliver again, and what they had delivered since the backup is a gap on the ledger.

Example: farhand restore --from /backup/farhand-monday.zip --data-dir /var/lib/farhand`,
  async run(args) {
    const { values } = optionsOf(args, { from: { type: 'string' }, 'data-dir': { type: 'string' } });
    const { from, 'data-dir': dataDir } = values;
    if (from === undefined || dataDir === undefined)
      throw new CodedError('USAGE', { reason: '--from and --data-dir are needed' });
    const progress = (step: string) => process.stderr.write(`${step}\n`);
    const { at, files } = await restoreBackup({ from, dataDir, progress });
    await using store = await openStore(dataDir);
    const endpoints = await endpointIds(store.db);
    process.stdout.write(
      `${dataDir}: ${files.length} files as of ${at}\n` +
        `What any of ${endpoints.size} endpoints delivered after ${at} is not in it: agents deliver again what they still hold, ` +
        'and the rest will be on the gap ledger when they connect. "farhand doctor" checks the store.\n',
    );
    return 0;
  },
};
