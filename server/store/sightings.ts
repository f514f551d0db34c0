import type { FactOf, Via } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';
import { endSpan, insertSpan, type Owner } from './spans.ts';
import type { Db } from './store.ts';

/** Keeps an address that does not count as the egress, until another is seen in the same way or the connection ends. */
export async function sight(
  db: Db,
  owner: Owner,
  { egress, at }: { readonly egress: FactOf<'egress'>; readonly at: Instant },
): Promise<void> {
  const { kind: _, via = 'socket', ...whereabouts } = egress;
  const fact = { kind: 'sighting', via, ...whereabouts } as const;
  const open = await openSightings(db, owner.endpoint);
  if (open.some(({ ip }) => ip === egress.ip)) return;
  for (const before of open) if (before.via === via) await endSpan(db, owner.endpoint, { fact: before, at });
  await insertSpan(db, { ...owner, fact, source: 'collector', from: at, to: null });
}

export async function endSightings(db: Db, endpoint: string, at: Instant): Promise<void> {
  for (const fact of await openSightings(db, endpoint)) await endSpan(db, endpoint, { fact, at });
}

type Sighting = FactOf<'sighting'> & { readonly via: Via };

async function openSightings(db: Db, endpoint: string): Promise<readonly Sighting[]> {
  const rows = await db
    .selectFrom('spans')
    .select('fact')
    .where('endpoint', '=', endpoint)
    .where('kind', '=', 'sighting')
    .where('to', 'is', null)
    .execute();
  return rows.map(({ fact }): Sighting => JSON.parse(fact));
}
