import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'kysely';
import { startIngest } from '../../../server/ingest/ingest.ts';
import { receive } from '../../../server/ingest/sealed-batch.ts';
import { openLog } from '../../../server/log.ts';
import { addEndpoint } from '../../../server/store/endpoints.ts';
import { openStore } from '../../../server/store/store.ts';
import type { BatchPayload } from '../../../shared/frames.ts';
import { instant } from '../../../shared/time.ts';
import { ANYDESK, began, chainOf, newEpoch } from '../../support/raw-agent.ts';

// Brings one batch after another into the store in the folder of its argument until it is killed, and tells the number that may be
// acknowledged only once it is committed.
const store = await openStore(process.argv[2] ?? '');
// Small enough that the log is written back into the file many times within a short run.
await sql`pragma wal_autocheckpoint = 30`.execute(store.db);
const ingest = startIngest({ store, clock: Date.now, log: openLog('silent') });
const identity = { url: '', endpoint: 'laptop-1', key: generateKeyPairSync('ed25519').privateKey };
const at = instant(Date.now());
const about = { hostname: 'laptop-1', publicKey: 'A'.repeat(43), agentVersion: 'lab' };
await addEndpoint(store.db, { id: identity.endpoint, contractor: 'ada', ...about }, at);
const chain = chainOf(identity, newEpoch());
for (;;) {
  const batch = chain.batch([began(ANYDESK)], at);
  const payload: BatchPayload = JSON.parse(batch.payload);
  const lookup = (ip: string) => ({ kind: 'egress', ip, networkClass: 'unknown' }) as const;
  const delivery = { endpoint: identity.endpoint, batch, payload, offsetMs: 0, receivedAt: at, lookup };
  const received = await ingest.commit(receive(delivery));
  if (received.outcome !== 'refused') process.stdout.write(`${received.through}\n`);
}
