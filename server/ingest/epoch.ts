import type { GapCause } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';
import { markDirty } from '../store/dirty.ts';
import { type Cursor, openCursor } from '../store/evidence.ts';
import { hasGapSince, recordGap } from '../store/gaps.ts';
import { endPeers } from '../store/peers.ts';
import { endClaimsBefore } from '../store/spans.ts';
import type { Trx } from '../store/store.ts';
import { endVisits } from '../store/visits.ts';
import { genesis } from './verify.ts';

/** Where the chain of a spool stands of which nothing has come yet. */
export function newCursor(endpoint: string, epoch: string): Cursor {
  return { endpoint, epoch, acked: 0, head: genesis(endpoint, epoch), closed: false };
}

/** After these an agent has to begin anew. */
const EXPLAINING: readonly GapCause[] = ['snapshot-revert', 'spool-damaged', 'chain-break', 'clone'];

/**
 * A new spool takes over: the ones before it are closed, and what they left open ends, since the new one says anew what is true. Where
 * nothing explains the new one, what the old one still held is a hole of unknown size.
 */
export async function beginEpoch(
  trx: Trx,
  cursor: Cursor,
  { at, claimsEnd }: { readonly at: Instant; readonly claimsEnd: Instant },
): Promise<void> {
  const { endpoint } = cursor;
  for (const { epoch, acked, startedAt } of await openCursor(trx, cursor, at)) {
    if (await hasGapSince(trx, endpoint, { since: startedAt, causes: EXPLAINING })) continue;
    await recordGap(trx, { endpoint, epoch, first: acked + 1, last: acked, cause: 'unknown' }, at);
  }
  await endClaimsBefore(trx, cursor, { at: claimsEnd, knownAt: at });
  endPeers(trx, endpoint, { endOf: () => claimsEnd, knownAt: at });
  const places = endVisits(trx, endpoint);
  await markDirty(
    trx,
    at,
    places.map((subject) => ({ scope: 'place', subject })),
  );
}
