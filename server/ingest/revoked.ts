import type { Hello } from '../../shared/frames.ts';
import type { Instant } from '../../shared/time.ts';
import { contractorOf } from '../store/endpoints.ts';
import { cursorOf } from '../store/evidence.ts';
import { hasGap, recordGap } from '../store/gaps.ts';
import type { Work } from './ingest.ts';

/**
 * A revoked endpoint came back: what it says it still holds is a hole from now on. Once per spool, since a revoked endpoint must not
 * fill the ledger by saying more each time.
 */
export function comeBack(hello: Pick<Hello, 'endpoint' | 'epoch' | 'next'>, at: Instant): Work<void> {
  return async (db) => {
    const { endpoint, epoch, next } = hello;
    const cursor = await cursorOf(db, endpoint, epoch);
    const first = (cursor?.acked ?? 0) + 1;
    // An epoch is the agent's own word: without a cursor anybody's invention would count.
    const owed =
      cursor !== undefined && next > first && !(await hasGap(db, { endpoint, epoch, cause: 'revoked' }));
    if (owed) await recordGap(db, { endpoint, epoch, first, last: next - 1, cause: 'revoked' }, at);
    const subject = owed ? await contractorOf(db, endpoint) : undefined;
    return {
      result: undefined,
      effects:
        subject === undefined
          ? { dirty: [], news: [] }
          : { dirty: [{ scope: 'contractor', subject }], news: [{ topic: 'endpoint', ref: endpoint }] },
    };
  };
}
