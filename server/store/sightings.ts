import { type FactOf, factKey, type Via } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';
import { endSpan, insertSpan, type Owner } from './spans.ts';
import type { Trx } from './store.ts';

/** Keeps an address that does not count as the egress, until another is seen in the same way or the connection ends. */
export async function sight(
  trx: Trx,
  owner: Owner,
  { egress, at }: { readonly egress: FactOf<'egress'>; readonly at: Instant },
): Promise<void> {
  const { kind: _, via = 'socket', ...whereabouts } = egress;
  const fact = { kind: 'sighting', via, ...whereabouts } as const;
  const open = await openSightings(trx, owner.endpoint);
  if (open.some(({ ip }) => ip === egress.ip)) return;
  for (const before of open)
    if (before.via === via) endSpan(trx, owner.endpoint, { key: factKey(before), at });
  insertSpan(trx, { ...owner, fact, source: 'collector', from: at, to: null });
}

export async function endSightings(trx: Trx, endpoint: string, at: Instant): Promise<void> {
  for (const fact of await openSightings(trx, endpoint)) endSpan(trx, endpoint, { key: factKey(fact), at });
}

type Sighting = FactOf<'sighting'> & { readonly via: Via };

async function openSightings(trx: Trx, endpoint: string): Promise<readonly Sighting[]> {
  const rows = await trx
    .selectFrom('spans')
    .select('fact')
    .where('endpoint', '=', endpoint)
    .where('kind', '=', 'sighting')
    .where('to', 'is', null)
    .execute();
  return rows.map(({ fact }): Sighting => JSON.parse(fact));
}
