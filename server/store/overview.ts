import { sql } from 'kysely';
import { type Overview, SILENT_MS, TREND_DAYS } from '../../shared/api/overview.ts';
import type { Case } from '../../shared/case.ts';
import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import { feedEnds } from './feed.ts';
import { changesSince } from './overview-changes.ts';
import { marksOf } from './overview-marks.ts';
import type { Db } from './store.ts';

/** What is older than that is no news to anybody. */
const MOST_DAYS = 30;

/** All that `account` should know now. */
export async function overviewFor(db: Db, account: string, at: Instant): Promise<Overview> {
  // Before everything else, so that whatever is missed here is told by the feed.
  const { last: cursor } = await feedEnds(db);
  const { seenAt } = await marksOf(db, account);
  const since = sinceFor(seenAt, at);
  return {
    at,
    cursor,
    seenAt,
    since,
    changes: await changesSince(db, { account, since, at }),
    open: await openByFamily(db),
    trend: await trendUntil(db, at),
    fleet: await fleetAt(db, at),
    waiting: await waitingCases(db),
  };
}

function sinceFor(seenAt: Instant | null, at: Instant): Instant {
  if (seenAt === null) return instant(millis(at) - DAY);
  return instant(Math.max(millis(seenAt), millis(at) - MOST_DAYS * DAY));
}

/** Those that nobody decided on, counted in the queue's own index. */
async function openByFamily(db: Db): Promise<Overview['open']> {
  const { rows } = await sql<Overview['open'][number]>`
    select severity, family, count(*) as count from findings indexed by findings_queue
    where outcome = 'open' and status in ('new', 'investigating') group by severity, family`.execute(db);
  return [...rows];
}

async function trendUntil(db: Db, at: Instant): Promise<Overview['trend']> {
  const days = Array.from({ length: TREND_DAYS }, (_, ago) => dayOf(millis(at) - ago * DAY)).toReversed();
  const from = days[0] ?? '';
  const found = await db
    .selectFrom('findings')
    .select((eb) => [sql<string>`substr(found_at, 1, 10)`.as('day'), eb.fn.countAll<number>().as('count')])
    .where('found_at', '>=', from)
    .groupBy('day')
    .execute();
  const resolved = await db
    .selectFrom('finding_turns')
    .select((eb) => [sql<string>`substr(at, 1, 10)`.as('day'), eb.fn.countAll<number>().as('count')])
    .where('what', '=', 'resolved')
    .where('at', '>=', from)
    .groupBy('day')
    .execute();
  const of = (rows: typeof found) => new Map(rows.map(({ day, count }) => [day, count]));
  const [foundOn, resolvedOn] = [of(found), of(resolved)];
  return days.map((day) => ({ day, found: foundOn.get(day) ?? 0, resolved: resolvedOn.get(day) ?? 0 }));
}

function dayOf(at: number): string {
  return instant(at).slice(0, 10);
}

const MOST_VERSIONS = 20;

async function fleetAt(db: Db, at: Instant): Promise<Overview['fleet']> {
  const silentBefore = instant(millis(at) - SILENT_MS);
  const versions = await db
    .selectFrom('endpoints')
    .leftJoin(onlineEndpoints(db), 'online.endpoint', 'endpoints.id')
    .select((eb) => [
      'agent_version as version',
      eb.fn.countAll<number>().as('endpoints'),
      eb.fn.count<number>('online.endpoint').as('online'),
      eb.fn
        .countAll<number>()
        .filterWhere('online.endpoint', 'is', null)
        .filterWhere(sql<boolean>`coalesce(last_seen_at, enrolled_at) <= ${silentBefore}`)
        .as('silent'),
    ])
    .where('revoked_at', 'is', null)
    .groupBy('agent_version')
    .execute();
  const sum = (part: 'endpoints' | 'online' | 'silent') =>
    versions.reduce((total, row) => total + row[part], 0);
  return {
    endpoints: sum('endpoints'),
    online: sum('online'),
    silent: sum('silent'),
    ...(await sight(db)),
    agents: versions
      .map(({ version, endpoints }) => ({ version, endpoints }))
      .toSorted((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }))
      .slice(0, MOST_VERSIONS),
  };
}

/** Whoever has an open presence, in one pass over the index `presence_now`. */
function onlineEndpoints(db: Db) {
  return db
    .selectFrom('spans')
    .select('endpoint')
    .distinct()
    .where('kind', '=', sql.lit('presence'))
    .where('to', 'is', null)
    .as('online');
}

/** Within JSON text a quote that somebody wrote has a backslash before it, so the words are only found where a probe's health stands. */
async function sight(db: Db): Promise<{ readonly seeing: number; readonly impaired: number }> {
  return db
    .selectFrom('spans')
    .select((eb) => [
      eb.fn.countAll<number>().filterWhere(sql<boolean>`not (${IMPAIRED})`).as('seeing'),
      eb.fn.countAll<number>().filterWhere(sql<boolean>`${IMPAIRED}`).as('impaired'),
    ])
    .where('kind', '=', sql.lit('agent'))
    .where(sql<boolean>`kind in ('egress', 'agent')`)
    .where('to', 'is', null)
    .executeTakeFirstOrThrow();
}

const IMPAIRED = sql`instr(fact, ':"denied"') + instr(fact, ':"failed"') > 0`;

const NAMED = 5;

/** Cases that nobody is assigned to. */
async function waitingCases(db: Db): Promise<Overview['waiting']> {
  const waiting = db
    .selectFrom('cases')
    .where('status', 'in', ['new', 'investigating'])
    .where(sql<boolean>`coalesce(triage ->> '$.assignee', '') = ''`);
  const { count } = await waiting
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await waiting
    .select('body')
    .orderBy(sql`instr('info low medium high critical', body ->> '$.severity')`, 'desc')
    .orderBy('opened_at')
    .limit(NAMED)
    .execute();
  return { count, shown: rows.map(({ body }) => waitingCase(JSON.parse(body))) };
}

function waitingCase({ id, status, severity, contractors, findings, openedAt }: Case) {
  return { id, status, severity, contractors, findings: findings.length, openedAt };
}
