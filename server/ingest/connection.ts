import { CodedError } from '../../shared/errors.ts';
import type { FactOf } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';
import type { Subject } from '../store/dirty.ts';
import { contractorOf, setAgentVersion, touchEndpoint } from '../store/endpoints.ts';
import { cursorOf, moveCursor, recordGap } from '../store/evidence.ts';
import { endSightings } from '../store/sightings.ts';
import { endPresence, insertSpan } from '../store/spans.ts';
import type { Db } from '../store/store.ts';
import { leavePlaces } from '../store/visits.ts';
import { beginEpoch, newCursor } from './epoch.ts';
import type { Work } from './ingest.ts';
import { keepSeen } from './seen-at.ts';

export interface Connected {
  readonly endpoint: string;
  /** Names this connection. */
  readonly connection: string;
  readonly at: Instant;
  /** Of the socket. */
  readonly egress: FactOf<'egress'>;
  /** Whether the socket's address is the one that counts; otherwise it is kept beside the one that a mirror tells. */
  readonly counts: boolean;
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
  counts,
  hello,
}: Connected): Work<{ readonly acked: number }> {
  return async (db) => {
    const contractor = await contractorOf(db, endpoint);
    if (contractor === undefined) throw new CodedError('ENDPOINT_UNKNOWN', { endpoint });
    const owner = { endpoint, contractor };
    const left = await leavePlaces(db, endpoint, at);
    await endSightings(db, endpoint, at);
    const come = await keepSeen(db, owner, { egress, counts, at });
    await insertSpan(db, {
      ...owner,
      fact: { kind: 'presence', connection },
      source: 'collector',
      from: at,
      to: null,
    });
    await touchEndpoint(db, endpoint, at);
    await setAgentVersion(db, endpoint, hello.agent);

    const acked = await accounted(db, { endpoint, at, hello });
    const places = [...left, ...come];
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
  db: Db,
  { endpoint, at, hello }: Pick<Connected, 'endpoint' | 'at' | 'hello'>,
): Promise<number> {
  const { epoch, oldest, next } = hello;
  const known = await cursorOf(db, endpoint, epoch);
  const { acked, ...cursor } = known ?? newCursor(endpoint, epoch);
  if (next <= acked) {
    await recordGap(db, { endpoint, epoch, first: next, last: acked, cause: 'snapshot-revert' }, at);
  }
  if (oldest <= acked + 1) return acked;
  const after = { ...cursor, acked: oldest - 1, head: '' };
  await recordGap(db, { endpoint, epoch, first: acked + 1, last: after.acked, cause: 'spool-overflow' }, at);
  if (known) await moveCursor(db, after);
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
    const contractor = await contractorOf(db, endpoint);
    await endPresence(db, endpoint, { fact: { kind: 'presence', connection, reason: end.reason }, at });
    const places = end.replaced ? [] : await leavePlaces(db, endpoint, at);
    if (!end.replaced) {
      await endSightings(db, endpoint, at);
      await touchEndpoint(db, endpoint, at);
    }
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
  return async (db) => {
    for (const endpoint of endpoints) await touchEndpoint(db, endpoint, at);
    return { result: undefined, effects: { dirty: [], news: [] } };
  };
}

function subjectsOf(contractor: string, places: readonly string[]): readonly Subject[] {
  return [
    { scope: 'contractor', subject: contractor },
    ...places.map((subject) => ({ scope: 'place', subject }) as const),
  ];
}
