import { generateKeyPairSync } from 'node:crypto';
import { startIngest } from '../../server/ingest/ingest.ts';
import { type Received, receive } from '../../server/ingest/sealed-batch.ts';
import { openLog } from '../../server/log.ts';
import { addEndpoint } from '../../server/store/endpoints.ts';
import type { Store } from '../../server/store/store.ts';
import { parsePayload, type SealedBatch } from '../../shared/frames.ts';
import type { Change } from '../../shared/observation.ts';
import { chainOf, newEpoch } from './raw-agent.ts';

export interface Telling extends AsyncDisposable {
  readonly epoch: string;
  /** Seals what an agent says at `at` and takes it in as if it arrived at `arrivesAt`. */
  tell(changes: readonly Change[], at: string, arrivesAt?: string): Promise<Received>;
  /** Takes in a batch again, or one of a forger. */
  deliver(batch: SealedBatch, receivedAt: string): Promise<Received>;
  /** Everything that was told so far. */
  readonly told: readonly SealedBatch[];
}

/** An enrolled endpoint with a key of its own, whose batches go straight into a store. */
export async function telling(
  store: Store,
  { endpoint = 'laptop-1', contractor = 'ada', at = '2026-03-02T14:00:00.000Z' } = {},
): Promise<Telling> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const about = { hostname: endpoint, agentVersion: '0.1.0' };
  const key = String(publicKey.export({ format: 'jwk' })['x']);
  await addEndpoint(store.db, { id: endpoint, contractor, publicKey: key, ...about }, at);
  const ingest = startIngest({ store, clock: () => Date.parse(at), log: openLog('silent') });
  const epoch = newEpoch();
  const chain = chainOf({ url: '', endpoint, key: privateKey }, epoch);
  const lookup = (ip: string) => ({ kind: 'egress', ip, networkClass: 'unknown' }) as const;
  const told: SealedBatch[] = [];
  const deliver = (batch: SealedBatch, receivedAt: string) => {
    const payload = parsePayload(batch);
    return ingest.commit(receive({ endpoint, batch, payload, offsetMs: 0, receivedAt, lookup }));
  };
  return {
    ...{ epoch, told, deliver },
    tell(changes, from, receivedAt = from) {
      const batch = chain.batch(changes, from);
      told.push(batch);
      return deliver(batch, receivedAt);
    },
    [Symbol.asyncDispose]: () => ingest[Symbol.asyncDispose](),
  };
}
