import type { FactOf } from '../../shared/facts.ts';
import { type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import { contractorOf } from '../store/endpoints.ts';
import { sight } from '../store/sightings.ts';
import type { Owner } from '../store/spans.ts';
import type { Trx } from '../store/store.ts';
import { arriveAt, isAt, leavePlaces } from '../store/visits.ts';
import type { Work } from './ingest.ts';

/** A reconnect within this time continues a stay: sleep, a restarted router, a new collector. */
const SHORT_ABSENCE = 5 * MINUTE;

interface Seen {
  readonly egress: FactOf<'egress'>;
  /** Whether it is the address that counts; otherwise it is kept beside the one that does. */
  readonly counts: boolean;
  readonly at: Instant;
}

/** A connected endpoint was seen at an address: by a mirror, or by its socket where no mirror was reached. */
export function seenAt({ endpoint, ...seen }: Seen & { readonly endpoint: string }): Work<void> {
  return async (db) => {
    const contractor = contractorOf(db, endpoint);
    if (contractor === undefined) return { result: undefined, effects: { dirty: [], news: [] } };
    const places = await keepSeen(db, { endpoint, contractor }, seen);
    if (places.length === 0) return { result: undefined, effects: { dirty: [], news: [] } };
    return {
      result: undefined,
      effects: {
        dirty: [
          { scope: 'contractor', subject: contractor },
          ...places.map((subject) => ({ scope: 'place', subject }) as const),
        ],
        news: [{ topic: 'endpoint', ref: endpoint }],
      },
    };
  };
}

/** Gives the places to judge again: those left, and the one come to. */
export async function keepSeen(
  db: Trx,
  owner: Owner,
  { egress, counts, at }: Seen,
): Promise<readonly string[]> {
  if (!counts) {
    await sight(db, owner, { egress, at });
    return [];
  }
  if (await isAt(db, owner.endpoint, egress)) return [];
  const left = await leavePlaces(db, owner.endpoint, at);
  const place = await arriveAt(db, owner, { egress, at, resumeSince: instant(millis(at) - SHORT_ABSENCE) });
  return place === undefined ? left : [...left, place];
}
