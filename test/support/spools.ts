import { newKeys, privateKeyOf, signWith } from '../../agent/identity.ts';
import { openSpool, type Spool, type SpoolOptions } from '../../agent/spool.ts';
import { parsePayload, type SealedBatch } from '../../shared/frames.ts';
import { genesisHash, sealProblem } from './seal-check.ts';
import { testLog } from './test-log.ts';

const keys = newKeys();
const key = privateKeyOf(keys.privateKey);

export const SPOOL_ENDPOINT = 'laptop-1';

/** A spool of one endpoint whose key all of a test file share. */
export function spoolIn(dataDir: string, more: Partial<SpoolOptions> = {}): Spool {
  const sign = (bytes: Uint8Array) => signWith(key, bytes);
  return openSpool({ dataDir, endpoint: SPOOL_ENDPOINT, sign, log: testLog().log, ...more });
}

/** Every batch above a number, each checked as a collector would. */
export function verifiedBatches(spool: Spool, after = 0, head?: string): readonly SealedBatch[] {
  const batches: SealedBatch[] = [];
  let prev = head ?? genesisHash(SPOOL_ENDPOINT, spool.position().epoch);
  for (let batch = spool.nextBatch(after); batch; batch = spool.nextBatch(batch.header.last)) {
    const problem = sealProblem(batch, prev, keys.publicKey);
    if (problem) throw new Error(`batch from ${batch.header.first}: ${problem}`);
    parsePayload(batch);
    prev = batch.header.hash;
    batches.push(batch);
  }
  return batches;
}
