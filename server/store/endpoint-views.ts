import { type ExpressionBuilder, sql } from 'kysely';
import type { EndpointDetail, EndpointRow } from '../../shared/api.ts';
import type { Tables } from './schema.ts';
import { newestFirst, spanView } from './span-views.ts';
import type { Db } from './store.ts';

const LATEST = 200;

/** Endpoints in order of their id, with what is true of them now: all, one, some, or a contractor's. */
export async function endpointRows(
  db: Db,
  of: { readonly id?: string; readonly contractor?: string; readonly ids?: readonly string[] } = {},
): Promise<EndpointRow[]> {
  let select = db
    .selectFrom('endpoints')
    .innerJoin('contractors', 'contractors.id', 'endpoints.contractor')
    .select((eb) => [
      'endpoints.id',
      'endpoints.contractor',
      'contractors.label',
      'endpoints.hostname',
      'endpoints.agent_version',
      'endpoints.enrolled_at',
      'endpoints.last_seen_at',
      'endpoints.revoked_at',
      'endpoints.revoked_reason',
      'endpoints.enrolled_before',
      isOnline(eb).as('online'),
      latest(eb, 'egress').as('egress'),
      latest(eb, 'platform').as('platform'),
      latest(eb, 'agent').as('agent'),
    ]);
  if (of.id !== undefined) select = select.where('endpoints.id', '=', of.id);
  if (of.contractor !== undefined) select = select.where('endpoints.contractor', '=', of.contractor);
  if (of.ids !== undefined) select = select.where('endpoints.id', 'in', of.ids);
  const rows = await select.orderBy('endpoints.id').execute();
  return rows.map((row) => ({
    id: row.id,
    contractor: row.contractor,
    contractorLabel: row.label,
    hostname: row.hostname,
    agentVersion: row.agent_version,
    enrolledAt: row.enrolled_at,
    lastSeenAt: row.last_seen_at,
    revokedAt: row.revoked_at,
    revokedReason: row.revoked_reason,
    enrolledBefore: row.enrolled_before,
    online: Boolean(row.online),
    egress: stored(row.egress),
    platform: stored(row.platform),
    agent: stored(row.agent),
  }));
}

/** One endpoint with its spans, gaps and how much evidence there is; undefined when there is no such endpoint. */
export async function findEndpoint(db: Db, id: string): Promise<EndpointDetail | undefined> {
  const [endpoint] = await endpointRows(db, { id });
  if (!endpoint) return undefined;
  const spans = db.selectFrom('spans').selectAll().where('endpoint', '=', id);
  const now = await spans.where('to', 'is', null).orderBy('from', 'desc').orderBy('id', 'desc').execute();
  const past = await spans
    .where('contractor', 'in', await holders(db, endpoint))
    .where('to', 'is not', null)
    .orderBy('to', 'desc')
    .limit(LATEST)
    .execute();
  const gaps = await db
    .selectFrom('gaps')
    .select(['id', 'epoch', 'first', 'last', 'cause', 'at'])
    .where('endpoint', '=', id)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(LATEST)
    .execute();
  const evidence = await db
    .selectFrom('batches')
    .select((eb) => [
      eb.fn.countAll<number>().as('batches'),
      eb.fn.coalesce(eb.fn.sum<number>(sql`last - first + 1`), sql<number>`0`).as('observations'),
    ])
    .where('endpoint', '=', id)
    .executeTakeFirstOrThrow();
  const counted = await db
    .selectFrom('endpoints')
    .select(['repeated', 'contradicted', 'token'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const { token, ...repeats } = counted;
  return {
    endpoint,
    token,
    chains: await chainsOf(db, id),
    now: now.map(spanView),
    past: past.toSorted(newestFirst).map(spanView),
    gaps,
    evidence: { ...evidence, ...repeats },
  };
}

const MOST_CHAINS = 50;

async function chainsOf(db: Db, endpoint: string): Promise<EndpointDetail['chains']> {
  const rows = await db
    .selectFrom('cursors')
    .select(['epoch', 'acked', 'started_at', 'closed_at'])
    .where('endpoint', '=', endpoint)
    .orderBy('started_at', 'desc')
    .limit(MOST_CHAINS)
    .execute();
  return rows.map(({ epoch, acked, started_at, closed_at }) => ({
    epoch,
    through: acked,
    startedAt: started_at,
    closedAt: closed_at,
  }));
}

/** Whoever had the endpoint: its spans are found among theirs. */
async function holders(db: Db, { id, contractor }: EndpointRow): Promise<readonly string[]> {
  const seen = await db
    .selectFrom('spans')
    .select('contractor')
    .distinct()
    .where('endpoint', '=', id)
    .where('kind', '=', sql.lit('egress'))
    .where(sql<boolean>`kind in ('egress', 'platform', 'agent')`)
    .execute();
  return [...new Set([contractor, ...seen.map((row) => row.contractor)])];
}

/** Where `endpoints` is a table of the statement. */
export type AtEndpoint = ExpressionBuilder<Tables, 'endpoints'>;

/** Literals, because SQLite takes a partial index only for conditions that it can read. */
export function isOnline(eb: AtEndpoint) {
  return eb.exists(
    eb
      .selectFrom('spans')
      .select('spans.id')
      .whereRef('spans.endpoint', '=', 'endpoints.id')
      .where('spans.kind', '=', sql.lit('presence'))
      .where('spans.to', 'is', null),
  );
}

/** The endpoint's current fact of a kind, or its last one: one step in the index `latest_state`. */
export function latest(eb: AtEndpoint, kind: 'egress' | 'platform' | 'agent') {
  return eb
    .selectFrom('spans')
    .select('spans.fact')
    .whereRef('spans.endpoint', '=', 'endpoints.id')
    .where('spans.kind', '=', sql.lit(kind))
    .where(sql<boolean>`spans.kind in ('egress', 'platform', 'agent')`)
    .orderBy(sql`spans."to" is null`, 'desc')
    .orderBy('spans.from', 'desc')
    .limit(1);
}

function stored<T>(fact: string | null): T | null {
  return fact === null ? null : JSON.parse(fact);
}
