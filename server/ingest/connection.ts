import { CodedError } from '../../shared/errors.ts';
import type { FactOf } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';
import type { Subject } from '../store/dirty.ts';
import { contractorOf, setAgentVersion, touchEndpoint } from '../store/endpoints.ts';
import { endSightings } from '../store/sightings.ts';
import { endPresence, insertSpan } from '../store/spans.ts';
import { leavePlaces } from '../store/visits.ts';
import { type Accounted, account, type Statement } from './account.ts';
import type { Work } from './ingest.ts';
import { keepSeen } from './seen-at.ts';

export interface Connected extends Statement {
  /** Names this connection. */
  readonly connection: string;
  /** Of the socket. */
  readonly egress: FactOf<'egress'>;
  /** Whether the socket's address is the one that counts; otherwise it is kept beside the one that a mirror tells. */
  readonly counts: boolean;
  readonly hello: Statement['hello'] & { readonly agent: string };
}

/** An endpoint is there: presence and egress begin, and what does not fit goes on the gap ledger. Gives what to acknowledge. */
export function arrive(connected: Connected): Work<Accounted> {
  const { endpoint, connection, at, egress, counts, hello } = connected;
  return async (db) => {
    const contractor = contractorOf(db, endpoint);
    if (contractor === undefined) throw new CodedError('ENDPOINT_UNKNOWN', { endpoint });
    const owner = { endpoint, contractor };
    const left = await leavePlaces(db, endpoint, at);
    await endSightings(db, endpoint, at);
    const come = await keepSeen(db, owner, { egress, counts, at });
    insertSpan(db, {
      ...owner,
      fact: { kind: 'presence', connection },
      source: 'collector',
      from: at,
      to: null,
    });
    touchEndpoint(db, endpoint, at);
    await setAgentVersion(db, endpoint, hello.agent);

    const result = await account(db, connected);
    const places = [...left, ...come];
    return {
      result,
      effects: { dirty: subjectsOf(contractor, places), news: [{ topic: 'endpoint', ref: endpoint }] },
    };
  };
}

/** A second agent with the key of one that is connected: on the ledger, and nothing else changes. */
export function turnAway(statement: Statement): Work<void> {
  return async (db) => {
    await account(db, statement);
    return {
      result: undefined,
      effects: { dirty: [], news: [{ topic: 'endpoint', ref: statement.endpoint }] },
    };
  };
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
    if (!end.replaced) {
      await endSightings(db, endpoint, at);
      touchEndpoint(db, endpoint, at);
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
