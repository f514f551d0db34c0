import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import { liveEndpoints } from '../store/endpoints.ts';
import { noteRestore } from '../store/meta.ts';
import { openStore } from '../store/store.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';
import { table } from './table.ts';

export const restore: Command = {
  usage: `farhand restore --from file --data-dir folder

Unpacks a backup into a folder that is empty or does not exist yet, and checks every hash before the folder has its name. Agents come back
by themselves: what they still hold they deliver again, and what they had delivered since the backup and hold no more is a gap on the
ledger, with a cause of its own. Names the endpoints that this may concern.

Example: farhand restore --from /backup/farhand-monday.zip --data-dir /var/lib/farhand`,
  async run(args) {
    const { values } = optionsOf(args, { from: { type: 'string' }, 'data-dir': { type: 'string' } });
    const { from, 'data-dir': dataDir } = values;
    if (from === undefined || dataDir === undefined)
      throw new CodedError('USAGE', { reason: '--from and --data-dir are needed' });
    const progress = (step: string) => process.stderr.write(`${step}\n`);
    const { at, files } = await restoreBackup({ from, dataDir, progress });
    await using store = await openStore(dataDir);
    await noteRestore(store.db, instant(Date.now()));
    const endpoints = (await liveEndpoints(store.db)).map(({ id, contractor, last_seen_at }) => [
      id,
      contractor,
      last_seen_at ?? 'never',
    ]);
    process.stdout.write(
      `${dataDir}: ${files.length} files as of ${at}\n` +
        `Agents deliver again what they still hold. What these ${endpoints.length} had delivered after ${at} and hold no more will be on the gap ` +
        'ledger, as `collector-restored`, when they connect. "farhand doctor" checks the store.\n' +
        `${table(['endpoint', 'contractor', 'last seen in the backup'], endpoints.slice(0, MOST_NAMED))}\n` +
        (endpoints.length > MOST_NAMED ? `and ${endpoints.length - MOST_NAMED} more\n` : ''),
    );
    return 0;
  },
};

const MOST_NAMED = 50;
