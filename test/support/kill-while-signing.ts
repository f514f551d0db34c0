import { collectorKeys } from '../../server/audit/collector-keys.ts';
import { readConfig } from '../../server/config.ts';
import { erase } from '../../server/retention/erase.ts';
import { purge } from '../../server/retention/purge.ts';
import { openStore } from '../../server/store/store.ts';

// Purges or erases in the folder of its second argument, and is killed while it signs its third tombstone: rows are gone then in a
// transaction that is not over.
const [, , what = '', folder = '', now = ''] = process.argv;
const keys = collectorKeys(folder, now);
let signed = 0;
const signer = {
  publicKey: keys.publicKey,
  sign: (text: string): string => {
    signed += 1;
    if (signed === 3) process.kill(process.pid, 'SIGKILL');
    return keys.sign(text);
  },
};
const at = Date.parse(now);
await using store = await openStore(folder);
if (what === 'erase') await erase({ store, clock: () => at, signer }, 'ada');
else {
  const { retention } = readConfig({ env: {}, ownFile: false });
  await purge({ store, retention: { ...retention, evidence: 90, spans: 90 }, now: at, signer });
}
