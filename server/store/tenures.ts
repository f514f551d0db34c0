import { sql } from 'kysely';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

/** When an endpoint was somebody's: from the roster that gave it to them to the one that took it away; null where it was from the start, or is still. */
export interface Tenure {
  readonly endpoint: string;
  readonly since: Instant | null;
  readonly until: Instant | null;
}

/** Which endpoints are or were this contractor's, as the action log has the handovers; where it was purged, the one after it counts. */
export async function tenuresOf(db: Db, contractor: string): Promise<readonly Tenure[]> {
  const binds = await db
    .selectFrom('actions')
    .select([
      'subject as endpoint',
      'at',
      sql<string>`detail ->> '$.from'`.as('from'),
      sql<string>`detail ->> '$.to'`.as('to'),
    ])
    .where('action', '=', 'endpoint.bind')
    .orderBy('id')
    .execute();
  const byEndpoint = Map.groupBy(binds, ({ endpoint }) => endpoint);
  const mine = await db.selectFrom('endpoints').select('id').where('contractor', '=', contractor).execute();
  const never = mine
    .filter(({ id }) => !byEndpoint.has(id))
    .map(({ id }) => ({ endpoint: id, since: null, until: null }));
  const handed = [...byEndpoint].flatMap(([endpoint, moves]) => {
    const first = { since: null, until: moves[0]?.at ?? null, owner: moves[0]?.from };
    const later = moves.map(({ at, to }, index) => ({
      since: at,
      until: moves[index + 1]?.at ?? null,
      owner: to,
    }));
    return [first, ...later]
      .filter(({ owner }) => owner === contractor)
      .map(({ since, until }) => ({ endpoint, since, until }));
  });
  return [...never, ...handed].toSorted((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
}

export function isWithin({ since, until }: Tenure, at: Instant): boolean {
  return (since === null || at >= since) && (until === null || at < until);
}
