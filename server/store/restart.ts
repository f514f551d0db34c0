import type { Subject } from './dirty.ts';
import type { Db } from './store.ts';

/**
 * Ends what a collector that stopped without saying so left open: nobody is connected to a collector that has just started.
 * The last sign of life is the latest moment that is proven. Gives the subjects to judge again.
 */
export async function endDanglingConnections(db: Db): Promise<readonly Subject[]> {
  const open = await db
    .selectFrom('spans')
    .innerJoin('endpoints', 'endpoints.id', 'spans.endpoint')
    .select(['spans.id', 'spans.from', 'spans.contractor', 'endpoints.last_seen_at'])
    .where('spans.source', '=', 'collector')
    .where('spans.to', 'is', null)
    .where('spans.kind', 'in', ['presence', 'egress', 'sighting'])
    .execute();
  const places = await db
    .selectFrom('visits')
    .select('place')
    .distinct()
    .where('to', 'is', null)
    .where('place', 'like', 'egress:%')
    .execute();
  for (const span of open) {
    const to = span.last_seen_at !== null && span.last_seen_at > span.from ? span.last_seen_at : span.from;
    await db.updateTable('spans').set({ to }).where('id', '=', span.id).execute();
    await db.updateTable('visits').set({ to }).where('span', '=', span.id).execute();
  }
  const contractors = new Set(open.map(({ contractor }) => contractor));
  return [
    ...[...contractors].map((subject) => ({ scope: 'contractor', subject }) as const),
    ...places.map(({ place }) => ({ scope: 'place', subject: place }) as const),
  ];
}
