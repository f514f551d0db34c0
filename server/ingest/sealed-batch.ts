import { CodedError } from '../../shared/errors.ts';
import type { BatchPayload, SealedBatch } from '../../shared/frames.ts';
import type { Instant } from '../../shared/time.ts';
import { contractorOf, touchEndpoint } from '../store/endpoints.ts';
import { cursorOf, keepBatch, moveCursor, recordGap, storedHash } from '../store/evidence.ts';
import { endSpan, insertSpan } from '../store/spans.ts';
import type { Db } from '../store/store.ts';
import { beginEpoch, newCursor } from './epoch.ts';
import { gapsOfBatch } from './gaps-of-batch.ts';
import type { Work } from './ingest.ts';
import { corrected, spansOfBatch } from './spans-of-batch.ts';

/** A batch whose seal and payload were verified, on its way into the store. */
export interface Delivery {
  readonly endpoint: string;
  readonly batch: SealedBatch;
  readonly payload: BatchPayload;
  /** Added to the agent's clock to get the collector's. */
  readonly offsetMs: number;
  readonly receivedAt: Instant;
}

/** `through` is what may be acknowledged; a refusal keeps nothing of the batch, but its gap is on the ledger. */
export type Received =
  | { readonly outcome: 'stored' | 'repeated'; readonly through: number }
  | { readonly outcome: 'refused'; readonly error: CodedError };

/** Stores a batch as evidence and spans where it continues its chain; tells a repeat and a contradiction apart from it. */
export function receive(delivery: Delivery): Work<Received> {
  return async (db) => {
    const { endpoint, batch } = delivery;
    const { header } = batch;
    const contractor = await contractorOf(db, endpoint);
    if (contractor === undefined) throw new CodedError('ENDPOINT_UNKNOWN', { endpoint });
    const effects = {
      dirty: [{ scope: 'contractor', subject: contractor }],
      news: [{ topic: 'endpoint', ref: endpoint }],
    } as const;
    const nothing = { dirty: [], news: [] };

    const known = await cursorOf(db, endpoint, header.epoch);
    const cursor = known ?? newCursor(endpoint, header.epoch);
    if (header.last <= cursor.acked && (await storedHash(db, cursor, header.first)) === header.hash)
      return { result: { outcome: 'repeated', through: cursor.acked }, effects: nothing };
    if (cursor.closed) return { result: refused('EPOCH_CLOSED', delivery), effects: nothing };
    if (header.last <= cursor.acked) {
      return { result: await chainBreak(db, delivery), effects };
    }
    if (header.first !== cursor.acked + 1) {
      return {
        result: refused('BATCH_OUT_OF_ORDER', delivery, { expected: cursor.acked + 1 }),
        effects: nothing,
      };
    }
    if (cursor.head !== '' && header.prev !== cursor.head)
      return { result: await chainBreak(db, delivery), effects };

    if (!known) await beginEpoch(db, cursor, { at: delivery.receivedAt, claimsEnd: firstMoment(delivery) });
    await keepBatch(db, batch, delivery);
    const { ends, spans } = spansOfBatch(delivery, { endpoint, contractor });
    for (const end of ends) await endSpan(db, endpoint, end);
    for (const span of spans) await insertSpan(db, span);
    for (const gap of gapsOfBatch(delivery)) await recordGap(db, gap, delivery.receivedAt);
    await moveCursor(db, { ...cursor, acked: header.last, head: header.hash });
    await touchEndpoint(db, endpoint, delivery.receivedAt);
    return { result: { outcome: 'stored', through: header.last }, effects };
  };
}

/** When the new spool began to tell, in the collector's time. */
function firstMoment({ payload, ...clock }: Delivery): Instant {
  return corrected(payload.observations[0]?.at ?? payload.sealedAt, clock);
}

async function chainBreak(db: Db, delivery: Delivery): Promise<Received> {
  const { first, last, epoch } = delivery.batch.header;
  await recordGap(
    db,
    { endpoint: delivery.endpoint, epoch, first, last, cause: 'chain-break' },
    delivery.receivedAt,
  );
  return refused('CHAIN_BREAK', delivery);
}

function refused(
  code: 'EPOCH_CLOSED' | 'BATCH_OUT_OF_ORDER' | 'CHAIN_BREAK',
  { endpoint, batch }: Delivery,
  more: object = {},
): Received {
  const { epoch, first, last } = batch.header;
  return { outcome: 'refused', error: new CodedError(code, { endpoint, epoch, first, last, ...more }) };
}
