import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { collectorKeys, rotateCollectorKey } from '../audit/collector-keys.ts';
import { fingerprintOf } from '../audit/signatures.ts';
import { readConfig } from '../config.ts';
import { appendAction } from '../store/actions.ts';
import { openStore } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const key: Command = {
  usage: `farhand key show [--json] [--config file] [--data-dir folder]
farhand key rotate [--config file] [--data-dir folder]

The collector signs audit packs and the roots of days with a key of its own, in collector-keys.json of the data folder. show prints its
fingerprint: note it down where nobody who runs the collector can change it, and give it to auditors for "farhand verify --key".
rotate makes a new key that signs from now on. The old one vouches for it and its private half is destroyed; a fingerprint that was
noted down before stays good. A running collector takes the new key up by itself.

Example: farhand key show --json > farhand-key.json`,
  async run(args) {
    const { values, positionals } = optionsOf(args, OPTIONS, true);
    const [form, ...more] = positionals;
    const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
    const at = instant(Date.now());
    if (more.length > 0 || (form !== 'show' && form !== 'rotate'))
      throw new CodedError('USAGE', { reason: 'expected: key show or key rotate' });
    const before = collectorKeys(config.dataDir, at);
    const keys = form === 'rotate' ? rotateCollectorKey(config.dataDir, at) : before;
    if (form === 'rotate') {
      await using store = await openStore(config.dataDir);
      const detail = { before: before.publicKey, after: keys.publicKey };
      await store.db
        .transaction()
        .execute((trx) =>
          appendAction(trx, { ...commandLine(), at, action: 'key.rotate', subject: 'collector', detail }),
        );
    }
    const all = keys.all.map((one) => ({ ...one, fingerprint: fingerprintOf(one.publicKey) }));
    const fingerprint = fingerprintOf(keys.publicKey);
    const lines = all.map(
      (one) => `${one.fingerprint}  since ${one.from}${one.until === null ? '' : ` until ${one.until}`}\n`,
    );
    process.stdout.write(
      values.json ? `${JSON.stringify({ fingerprint, keys: all }, null, 2)}\n` : lines.join(''),
    );
    return 0;
  },
};

const OPTIONS = {
  json: { type: 'boolean', default: false },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
} as const;
