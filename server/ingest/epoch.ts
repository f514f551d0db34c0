import type { Instant } from '../../shared/time.ts';
import { markDirty } from '../store/dirty.ts';
import { type Cursor, openCursor } from '../store/evidence.ts';
import { endPeers } from '../store/peers.ts';
import { endClaimsBefore } from '../store/spans.ts';
import type { Db } from '../store/store.ts';
import { endVisits } from '../store/visits.ts';
import { genesis } from './verify.ts';

/** Where the chain of a spool stands of which nothing has come yet. */
export function newCursor(endpoint: string, epoch: string): Cursor {
  return { endpoint, epoch, acked: 0, head: genesis(endpoint, epoch), closed: false };
}

/** A new spool takes over: the ones before it are closed, and what they left open ends, since the new one says anew what is true. */
export async function beginEpoch(
  db: Db,
  cursor: Cursor,
  { at, claimsEnd }: { readonly at: Instant; readonly claimsEnd: Instant },
): Promise<void> {
  await openCursor(db, cursor, at);
  await endClaimsBefore(db, cursor, claimsEnd);
  await endPeers(db, cursor.endpoint, () => claimsEnd);
  const places = await endVisits(db, cursor.endpoint);
  await markDirty(
    db,
    at,
    places.map((subject) => ({ scope: 'place', subject })),
  );
}
