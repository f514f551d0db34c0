import { CodedError } from '../../shared/errors.ts';
import type { Fact } from '../../shared/facts.ts';
import type { BatchPayload, SealedBatch } from '../../shared/frames.ts';
import type { Observation } from '../../shared/observation.ts';
import { HOUR, type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import { contractorOf, touchEndpoint } from '../store/endpoints.ts';
import {
  type Cursor,
  cursorOf,
  keepBatch,
  moveCursor,
  openCursor,
  recordGap,
  storedHash,
} from '../store/evidence.ts';
import { endClaimsBefore, endSpan, insertSpan, type Owner } from '../store/spans.ts';
import type { Db } from '../store/store.ts';
import type { Work } from './ingest.ts';
import { genesis } from './verify.ts';

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

    const cursor = (await cursorOf(db, endpoint, header.epoch)) ?? (await beginEpoch(db, delivery));
    if (cursor.closed) return { result: refused('EPOCH_CLOSED', delivery), effects: nothing };
    if (header.last <= cursor.acked) {
      if ((await storedHash(db, cursor, header.first)) === header.hash) {
        return { result: { outcome: 'repeated', through: cursor.acked }, effects: nothing };
      }
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

    await keepBatch(db, batch, delivery);
    for (const observation of delivery.payload.observations)
      await apply(db, { endpoint, contractor }, { observation, delivery });
    await moveCursor(db, { ...cursor, acked: header.last, head: header.hash });
    await touchEndpoint(db, endpoint, delivery.receivedAt);
    return { result: { outcome: 'stored', through: header.last }, effects };
  };
}

async function beginEpoch(
  db: Db,
  { endpoint, batch, payload, receivedAt, offsetMs }: Delivery,
): Promise<Cursor> {
  const { epoch } = batch.header;
  const cursor: Cursor = { endpoint, epoch, acked: 0, head: genesis(endpoint, epoch), closed: false };
  await openCursor(db, cursor, receivedAt);
  const first = payload.observations[0]?.at ?? payload.sealedAt;
  await endClaimsBefore(db, cursor, corrected(first, offsetMs, receivedAt));
  return cursor;
}

async function apply(
  db: Db,
  owner: Owner,
  { observation, delivery }: { readonly observation: Observation; readonly delivery: Delivery },
): Promise<void> {
  const at = corrected(observation.at, delivery.offsetMs, delivery.receivedAt);
  if (observation.change === 'ended') return endSpan(db, owner.endpoint, { fact: observation.fact, at });
  const claim = { at: observation.at, epoch: delivery.batch.header.epoch, seq: observation.seq };
  const { fact } = observation;
  if (observation.change === 'noted') {
    await insertSpan(db, { ...owner, fact, source: 'agent', ...periodOf(fact, at), claim });
    return;
  }
  await endSpan(db, owner.endpoint, { fact, at });
  await insertSpan(db, { ...owner, fact, source: 'agent', from: at, to: null, claim });
}

/** What was noted once may tell of a period of its own. */
function periodOf(fact: Fact, at: Instant): { readonly from: Instant; readonly to: Instant } {
  if (fact.kind === 'activity' || fact.kind === 'latency')
    return { from: fact.hour, to: instant(millis(fact.hour) + HOUR) };
  if (fact.kind === 'suspend') return { from: fact.from, to: fact.until };
  return { from: at, to: at };
}

/** The collector's time of an agent's moment. Nothing is observed after it arrived, whatever the agent's clock says. */
function corrected(at: Instant, offsetMs: number, receivedAt: Instant): Instant {
  const time = millis(at) + offsetMs;
  return time > millis(receivedAt) ? receivedAt : instant(Math.max(time, EARLIEST));
}

/** No endpoint existed before: a clock that says so is wrong by years, and such a span would stretch over every window. */
const EARLIEST = Date.UTC(2020, 0, 1) - MINUTE;

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
