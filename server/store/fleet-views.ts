import { type Expression, type SqlBool, sql } from 'kysely';
import {
  type EndpointState,
  type EndpointsPage,
  type EndpointsQuery,
  type Fleet,
  SILENT_AFTER_MS,
} from '../../shared/api/endpoints.ts';
import type { EndpointRow } from '../../shared/api.ts';
import { placeOfEgress } from '../../shared/place.ts';
import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import { type AtEndpoint, endpointRows, isOnline, latest } from './endpoint-views.ts';
import { containing, listCursor, listPosition } from './list-cursor.ts';
import type { Db } from './store.ts';

const PAGE = 50;
const GAPS_OF_MS = 30 * DAY;

/**
 * One page of endpoints. Names and times of enrollment never change, so in those orders no row is left out and none comes twice; in
 * order of last seen, one that is heard of meanwhile comes again at the end. Throws REQUEST_INVALID for a cursor that is none.
 */
export async function endpointsPage(db: Db, query: EndpointsQuery, now: Instant): Promise<EndpointsPage> {
  const { limit = PAGE, sort = 'name' } = query;
  let select = db
    .selectFrom('endpoints')
    .innerJoin('contractors', 'contractors.id', 'endpoints.contractor')
    .select(['endpoints.id', ORDERS[sort].by.as('order')]);
  for (const condition of conditionsOf(query, now)) select = select.where(condition);
  if (query.cursor) {
    const after = listPosition(query.cursor);
    const { by, way } = ORDERS[sort];
    const place = sql`(${by}, endpoints.id)`;
    const there = sql`(${after.order}, ${after.id})`;
    select = select.where(
      way === 'asc' ? sql<SqlBool>`${place} > ${there}` : sql<SqlBool>`${place} < ${there}`,
    );
  }
  const rows = await select
    .orderBy(ORDERS[sort].by, ORDERS[sort].way)
    .orderBy('endpoints.id', ORDERS[sort].way)
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const ids = shown.map(({ id }) => id);
  const full = new Map((await endpointRows(db, { ids })).map((row) => [row.id, row]));
  const gaps = await gapsOf(db, ids, now);
  return {
    endpoints: ids.flatMap((id) => {
      const row = full.get(id);
      return row ? [{ ...row, state: stateIn(row, now), gaps: gaps.get(id) ?? 0 }] : [];
    }),
    next: last ? listCursor(last.order, last.id) : null,
  };
}

/** The whole fleet in numbers. */
export async function fleetInNumbers(db: Db, now: Instant): Promise<Fleet> {
  const groups = await db
    .selectFrom('endpoints')
    .select((eb) => [
      stateOf(eb, now).as('state'),
      'endpoints.agent_version as version',
      eb.fn.countAll<number>().as('count'),
      eb.fn.count<number>('endpoints.enrolled_before').as('before'),
    ])
    .groupBy(['state', 'version'])
    .execute();
  const counted = (state: EndpointState) => sum(groups.filter((group) => group.state === state));
  const inUse = groups.filter(({ state }) => state !== 'revoked');
  const said = await agentsSaid(db);
  return {
    states: {
      online: counted('online'),
      offline: counted('offline'),
      silent: counted('silent'),
      revoked: counted('revoked'),
    },
    enrolledBefore: inUse.reduce((all, { before }) => all + before, 0),
    withGaps: await withGaps(db, now),
    agents: tally(inUse.map(({ version, count }) => [version, count])),
    catalogs: tally(said.map(({ catalog, count }) => [catalog, count])),
    policies: tally(said.map(({ policy, count }) => [policy, count])),
    probes: probesOf(said),
  };
}

const ORDERS = {
  name: { by: sql<string>`endpoints.hostname`, way: 'asc' },
  enrolled: { by: sql<string>`endpoints.enrolled_at`, way: 'desc' },
  seen: { by: sql<string>`coalesce(endpoints.last_seen_at, '')`, way: 'asc' },
} as const;

function stateIn({ online, revokedAt, lastSeenAt, enrolledAt }: EndpointRow, now: Instant): EndpointState {
  if (revokedAt !== null) return 'revoked';
  if (online) return 'online';
  return (lastSeenAt ?? enrolledAt) < silentBefore(now) ? 'silent' : 'offline';
}

function silentBefore(now: Instant): Instant {
  return instant(millis(now) - SILENT_AFTER_MS);
}

/** As `stateIn`, for the database to count and filter by. */
function stateOf(eb: AtEndpoint, now: Instant) {
  return eb
    .case()
    .when('endpoints.revoked_at', 'is not', null)
    .then(sql.lit<EndpointState>('revoked'))
    .when(isOnline(eb))
    .then(sql.lit<EndpointState>('online'))
    .when(sql<string>`coalesce(endpoints.last_seen_at, endpoints.enrolled_at)`, '<', silentBefore(now))
    .then(sql.lit<EndpointState>('silent'))
    .else(sql.lit<EndpointState>('offline'))
    .end();
}

type Condition = (eb: AtEndpoint) => Expression<SqlBool>;

function conditionsOf(query: EndpointsQuery, now: Instant): readonly Condition[] {
  const { q, state, contractor, version, probe, health } = query;
  return [
    ...(contractor === undefined
      ? []
      : [((eb) => eb('endpoints.contractor', '=', contractor)) satisfies Condition]),
    ...(version === undefined
      ? []
      : [((eb) => eb('endpoints.agent_version', '=', version)) satisfies Condition]),
    ...(state === undefined ? [] : [((eb) => eb(stateOf(eb, now), '=', state)) satisfies Condition]),
    ...(probe === undefined ? [] : [((eb) => reporting(eb, probe, health ?? 'ok')) satisfies Condition]),
    ...(q === undefined || q.trim() === '' ? [] : [found(q)]),
  ];
}

/** A revoked endpoint reports nothing any more. */
function reporting(eb: AtEndpoint, probe: string, health: string): Expression<SqlBool> {
  const path = `$.probes."${probe}"`;
  return eb.and([
    eb('endpoints.revoked_at', 'is', null),
    sql<SqlBool>`json_extract(${latest(eb, 'agent')}, ${path}) = ${health}`,
  ]);
}

function found(q: string): Condition {
  const like = containing(q);
  const place = placeOfEgress(q.trim());
  return (eb) =>
    eb.or([
      sql<SqlBool>`endpoints.hostname || ' ' || endpoints.id || ' ' || endpoints.contractor || ' ' ||
        coalesce(contractors.label, '') like ${like} escape '\\'`,
      ...(place === undefined
        ? []
        : [sql<SqlBool>`endpoints.id in (select endpoint from visits where place = ${place})`]),
    ]);
}

async function gapsOf(db: Db, ids: readonly string[], now: Instant): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('gaps')
    .select((eb) => ['endpoint', eb.fn.countAll<number>().as('count')])
    .where('endpoint', 'in', ids)
    .where('at', '>=', instant(millis(now) - GAPS_OF_MS))
    .groupBy('endpoint')
    .execute();
  return new Map(rows.map(({ endpoint, count }) => [endpoint, count]));
}

async function withGaps(db: Db, now: Instant): Promise<number> {
  const { count } = await db
    .selectFrom('gaps')
    .select((eb) => eb.fn.count<number>('endpoint').distinct().as('count'))
    .where('at', '>=', instant(millis(now) - GAPS_OF_MS))
    .executeTakeFirstOrThrow();
  return count;
}

interface Said {
  readonly catalog: string;
  readonly policy: string;
  readonly probes: Readonly<Record<string, string>>;
  readonly count: number;
}

/**
 * What agents last told of themselves, those of equal words together: a fleet has few different ones. Whoever still is as they said
 * stands in the index `facts_now` with all of it.
 */
async function agentsSaid(db: Db): Promise<readonly Said[]> {
  const { rows } = await sql<{ readonly said: string; readonly count: number }>`
    select json_extract(fact, '$.catalog', '$.policy', '$.probes') as said, sum(count) as count from (
      select fact, count(*) as count from (
        select coalesce(
          (select s.fact from spans s where s.endpoint = e.id and s.kind = 'agent'
            and s.kind in ('egress', 'agent') and s."to" is null limit 1),
          (select s.fact from spans s where s.endpoint = e.id and s.kind = 'agent'
            and s.kind in ('egress', 'platform', 'agent') order by s."to" is null desc, s."from" desc limit 1)) as fact
        from endpoints e where e.revoked_at is null)
      where fact is not null group by fact)
    group by said`.execute(db);
  return rows.map(({ said, count }) => {
    const [catalog, policy, probes]: [string, string, Record<string, string>] = JSON.parse(said);
    return { catalog, policy, probes, count };
  });
}

function probesOf(said: readonly Said[]): Fleet['probes'] {
  const names = [...new Set(said.flatMap(({ probes }) => Object.keys(probes)))].toSorted();
  return names.map((probe) => {
    const having = (health: string) => sum(said.filter(({ probes }) => probes[probe] === health));
    return {
      probe,
      ok: having('ok'),
      denied: having('denied'),
      failed: having('failed'),
      unsupported: having('unsupported'),
    };
  });
}

/** Most used first. */
function tally(pairs: readonly (readonly [string, number])[]): Fleet['agents'] {
  return [...Map.groupBy(pairs, ([version]) => version)]
    .map(([version, own]) => ({ version, endpoints: own.reduce((all, [, count]) => all + count, 0) }))
    .toSorted((a, b) => b.endpoints - a.endpoints || (a.version < b.version ? -1 : 1));
}

function sum(groups: readonly { readonly count: number }[]): number {
  return groups.reduce((all, { count }) => all + count, 0);
}
