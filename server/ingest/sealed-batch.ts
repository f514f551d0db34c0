import { CodedError } from '../../shared/errors.ts';
import type { BatchPayload, SealedBatch } from '../../shared/frames.ts';
import type { Instant } from '../../shared/time.ts';
import { contractorOf, countDelivery, touchEndpoint } from '../store/endpoints.ts';
import { type Cursor, cursorOf, keepBatch, moveCursor, storedHash } from '../store/evidence.ts';
import { type NewGap, recordGap, wasSeenAtHello } from '../store/gaps.ts';
import { endSpan, insertSpan } from '../store/spans.ts';
import type { Trx } from '../store/store.ts';
import { wasPurged } from '../store/tombstones.ts';
import { beginEpoch, newCursor } from './epoch.ts';
import { follow, type Lookup } from './follow.ts';
import { gapsOfBatch } from './gaps-of-batch.ts';
import type { Done, Work } from './ingest.ts';
import { corrected, spansOfBatch } from './spans-of-batch.ts';

/** A batch whose seal and payload were verified, on its way into the store. */
export interface Delivery {
  readonly endpoint: string;
  readonly batch: SealedBatch;
  readonly payload: BatchPayload;
  /** Added to the agent's clock to get the collector's. */
  readonly offsetMs: number;
  readonly receivedAt: Instant;
  readonly lookup: Lookup;
}

/** `through` is what may be acknowledged; a refusal keeps nothing of the batch, but its gap is on the ledger. */
export type Received =
  | { readonly outcome: 'stored' | 'repeated'; readonly through: number }
  | { readonly outcome: 'refused'; readonly error: CodedError };

/** Stores a batch as evidence and spans where it continues its chain; tells a repeat and a contradiction apart from it. */
export function receive(delivery: Delivery): Work<Received> {
  return (trx) => {
    const { endpoint, batch } = delivery;
    const { header } = batch;
    const contractor = contractorOf(trx, endpoint);
    if (contractor === undefined) throw new CodedError('ENDPOINT_UNKNOWN', { endpoint });
    const effects = {
      dirty: [{ scope: 'contractor', subject: contractor }],
      news: [{ topic: 'endpoint', ref: endpoint }],
    } as const;
    const nothing = { dirty: [], news: [] };

    const known = cursorOf(trx, endpoint, header.epoch);
    const cursor = known ?? newCursor(endpoint, header.epoch);
    if (header.last <= cursor.acked)
      return again(trx, delivery, cursor).then((result) => ({
        result,
        effects: result.outcome === 'refused' && !cursor.closed ? effects : nothing,
      }));
    if (cursor.closed) return { result: refused('EPOCH_CLOSED', delivery), effects: nothing };
    if (header.first !== cursor.acked + 1) {
      return {
        result: refused('BATCH_OUT_OF_ORDER', delivery, { expected: cursor.acked + 1 }),
        effects: nothing,
      };
    }
    if (cursor.head !== '' && header.prev !== cursor.head)
      return chainBreak(trx, delivery).then((result) => ({ result, effects }));

    const keep = (): Done<Received> => {
      const places = store(trx, delivery, { contractor, cursor });
      const dirty = [...effects.dirty, ...places.map((subject) => ({ scope: 'place', subject }) as const)];
      return { result: { outcome: 'stored', through: header.last }, effects: { ...effects, dirty } };
    };
    const gaps = gapsOfBatch(delivery);
    if (known && gaps.length === 0) return keep();
    return explained(trx, delivery, { gaps, begins: known ? undefined : cursor }).then(keep);
  };
}

/** A batch of numbers that were there before: the same one, as after a lost ack, or one that contradicts it. */
async function again(trx: Trx, delivery: Delivery, cursor: Cursor): Promise<Received> {
  const { endpoint, batch } = delivery;
  const stored = storedHash(trx, cursor, batch.header.first);
  const same =
    stored === undefined ? await wasPurged(trx, { endpoint, ...batch.header }) : stored === batch.header.hash;
  if (same) {
    await countDelivery(trx, endpoint, 'repeated');
    return { outcome: 'repeated', through: cursor.acked };
  }
  return cursor.closed ? refused('EPOCH_CLOSED', delivery) : chainBreak(trx, delivery);
}

/** What seldom comes before a batch: holes of which it tells itself, and then the new epoch that they may explain. */
async function explained(
  trx: Trx,
  delivery: Delivery,
  { gaps, begins }: { readonly gaps: readonly NewGap[]; readonly begins: Cursor | undefined },
): Promise<void> {
  const at = delivery.receivedAt;
  for (const gap of gaps) if (!(await wasSeenAtHello(trx, gap))) await recordGap(trx, gap, at);
  if (begins) await beginEpoch(trx, begins, { at, claimsEnd: firstMoment(delivery) });
}

/** The hot path: everything a batch that continues its chain writes. Gives the places to be judged. */
function store(
  trx: Trx,
  delivery: Delivery,
  { contractor, cursor }: { readonly contractor: string; readonly cursor: Cursor },
): readonly string[] {
  const { endpoint, batch, receivedAt } = delivery;
  keepBatch(trx, batch, delivery);
  const { ends, spans } = spansOfBatch(delivery, { endpoint, contractor });
  for (const end of ends) endSpan(trx, endpoint, { key: end.key, at: end.at, knownAt: receivedAt });
  const ids = spans.map((span) => insertSpan(trx, span));
  const places = follow(trx, { endpoint, ends, spans, ids, lookup: delivery.lookup, knownAt: receivedAt });
  moveCursor(trx, { ...cursor, acked: batch.header.last, head: batch.header.hash });
  touchEndpoint(trx, endpoint, receivedAt);
  return places;
}

/** When the new spool began to tell, in the collector's time. */
function firstMoment({ payload, ...clock }: Delivery): Instant {
  return corrected(payload.observations[0]?.at ?? payload.sealedAt, clock);
}

async function chainBreak(trx: Trx, delivery: Delivery): Promise<Received> {
  const { first, last, epoch } = delivery.batch.header;
  await countDelivery(trx, delivery.endpoint, 'contradicted');
  await recordGap(
    trx,
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
