import { CodedError } from '../../shared/errors.ts';
import type { FactOf } from '../../shared/facts.ts';
import { placeOfEgress } from '../../shared/place.ts';
import { type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import type { Subject } from '../store/dirty.ts';
import { contractorOf, setAgentVersion, touchEndpoint } from '../store/endpoints.ts';
import { cursorOf, moveCursor, recordGap } from '../store/evidence.ts';
import { endPresence, insertSpan } from '../store/spans.ts';
import type { Trx } from '../store/store.ts';
import { arriveAt, leavePlaces } from '../store/visits.ts';
import { beginEpoch, newCursor } from './epoch.ts';
import type { Work } from './ingest.ts';

/** A reconnect within this time continues a stay: sleep, a restarted router, a new collector. */
const SHORT_ABSENCE = 5 * MINUTE;

export interface Connected {
  readonly endpoint: string;
  /** Names this connection. */
  readonly connection: string;
  readonly at: Instant;
  readonly egress: FactOf<'egress'>;
  readonly hello: {
    readonly epoch: string;
    readonly oldest: number;
    readonly next: number;
    readonly agent: string;
  };
}

/** An endpoint is there: presence and egress begin, and what its spool had to drop goes on the gap ledger. Gives what to acknowledge. */
export function arrive({
  endpoint,
  connection,
  at,
  egress,
  hello,
}: Connected): Work<{ readonly acked: number }> {
  return async (db) => {
    const contractor = contractorOf(db, endpoint);
    if (contractor === undefined) throw new CodedError('ENDPOINT_UNKNOWN', { endpoint });
    const owner = { endpoint, contractor };
    const left = await leavePlaces(db, endpoint, at);
    await arriveAt(db, owner, { egress, at, resumeSince: instant(millis(at) - SHORT_ABSENCE) });
    insertSpan(db, {
      ...owner,
      fact: { kind: 'presence', connection },
      source: 'collector',
      from: at,
      to: null,
    });
    touchEndpoint(db, endpoint, at);
    await setAgentVersion(db, endpoint, hello.agent);

    const acked = await accounted(db, { endpoint, at, hello });
    const place = placeOfEgress(egress.ip);
    const places = place === undefined ? left : [...left, place];
    return {
      result: { acked },
      effects: { dirty: subjectsOf(contractor, places), news: [{ topic: 'endpoint', ref: endpoint }] },
    };
  };
}

/**
 * Compares where the spool says it stands with what is stored. A spool that is older than the store is a reverted snapshot; what it no
 * longer has and never delivered it had to drop. Both go on the gap ledger. Gives what to acknowledge.
 */
async function accounted(
  db: Trx,
  { endpoint, at, hello }: Pick<Connected, 'endpoint' | 'at' | 'hello'>,
): Promise<number> {
  const { epoch, oldest, next } = hello;
  const known = cursorOf(db, endpoint, epoch);
  const { acked, ...cursor } = known ?? newCursor(endpoint, epoch);
  if (next <= acked) {
    await recordGap(db, { endpoint, epoch, first: next, last: acked, cause: 'snapshot-revert' }, at);
  }
  if (oldest <= acked + 1) return acked;
  const after = { ...cursor, acked: oldest - 1, head: '' };
  await recordGap(db, { endpoint, epoch, first: acked + 1, last: after.acked, cause: 'spool-overflow' }, at);
  if (known) moveCursor(db, after);
  else await beginEpoch(db, after, { at, claimsEnd: at });
  return after.acked;
}

/** A connection is over: its presence ends, and the endpoint's stay unless a newer connection carries it on. */
export function leave(end: {
  readonly endpoint: string;
  readonly connection: string;
  readonly at: Instant;
  /** Why, as a code, for the presence that ends. */
  readonly reason: string;
  readonly replaced: boolean;
}): Work<void> {
  return async (db) => {
    const { endpoint, connection, at } = end;
    const contractor = contractorOf(db, endpoint);
    await endPresence(db, endpoint, { fact: { kind: 'presence', connection, reason: end.reason }, at });
    const places = end.replaced ? [] : await leavePlaces(db, endpoint, at);
    if (!end.replaced) touchEndpoint(db, endpoint, at);
    return {
      result: undefined,
      effects: {
        dirty: contractor === undefined ? [] : subjectsOf(contractor, places),
        news: [{ topic: 'endpoint', ref: endpoint }],
      },
    };
  };
}

/** Pongs and frames of many endpoints, written together now and then. */
export function seen(endpoints: readonly string[], at: Instant): Work<void> {
  return (db) => {
    for (const endpoint of endpoints) touchEndpoint(db, endpoint, at);
    return { result: undefined, effects: { dirty: [], news: [] } };
  };
}

function subjectsOf(contractor: string, places: readonly string[]): readonly Subject[] {
  return [
    { scope: 'contractor', subject: contractor },
    ...places.map((subject) => ({ scope: 'place', subject }) as const),
  ];
}
