import type { Instant } from '../../shared/time.ts';
import { type Cursor, openCursor } from '../store/evidence.ts';
import { endClaimsBefore } from '../store/spans.ts';
import type { Trx } from '../store/store.ts';
import { genesis } from './verify.ts';

/** Where the chain of a spool stands of which nothing has come yet. */
export function newCursor(endpoint: string, epoch: string): Cursor {
  return { endpoint, epoch, acked: 0, head: genesis(endpoint, epoch), closed: false };
}

/** A new spool takes over: the ones before it are closed, and what they left open ends, since the new one says anew what is true. */
export async function beginEpoch(
  trx: Trx,
  cursor: Cursor,
  { at, claimsEnd }: { readonly at: Instant; readonly claimsEnd: Instant },
): Promise<void> {
  await openCursor(trx, cursor, at);
  await endClaimsBefore(trx, cursor, claimsEnd);
}
