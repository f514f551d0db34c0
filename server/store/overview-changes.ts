import { sql } from 'kysely';
import { type Changes, SILENT_MS } from '../../shared/api/overview.ts';
import { SEVERITIES, type Severity } from '../../shared/finding.ts';
import { type Instant, instant, millis } from '../../shared/time.ts';
import type { Db } from './store.ts';

export interface Looking {
  readonly account: string;
  readonly since: Instant;
  readonly at: Instant;
}

/** What happened between `since` and `at`, as `account` needs to know it. */
export async function changesSince(db: Db, looking: Looking): Promise<Changes> {
  return {
    found: await foundSince(db, looking.since),
    worse: await worseSince(db, looking.since),
    cases: await casesSince(db, looking.since),
    others: await doneByOthers(db, looking),
    silent: await fellSilent(db, looking),
    gaps: await gapsSince(db, looking.since),
    ...(await proposalsSince(db, looking)),
  };
}

async function foundSince(db: Db, since: Instant): Promise<Record<Severity, number>> {
  const rows = await db
    .selectFrom('findings')
    .select((eb) => ['severity', eb.fn.countAll<number>().as('count')])
    .where('found_at', '>', since)
    // With a plus, so that the index of times is taken and not that of outcomes.
    .where(sql<boolean>`+outcome = 'open'`)
    .groupBy('severity')
    .execute();
  return { info: 0, low: 0, medium: 0, high: 0, critical: 0, ...countsOf(rows) };
}

function countsOf(rows: readonly { readonly severity: string; readonly count: number }[]) {
  return Object.fromEntries(rows.map(({ severity, count }) => [severity, count]));
}

const NAMED = 5;

async function worseSince(db: Db, since: Instant): Promise<Changes['worse']> {
  const turns = db
    .selectFrom('finding_turns')
    .innerJoin('findings', 'findings.id', 'finding_turns.finding')
    .where('finding_turns.what', '=', 'worse')
    .where('finding_turns.at', '>', since)
    .where('findings.outcome', '=', 'open');
  const { count } = await turns
    .select((eb) => eb.fn.count<number>('finding_turns.finding').distinct().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await turns
    .select((eb) => [
      'findings.id',
      'findings.severity',
      sql<string>`body ->> '$.title'`.as('title'),
      eb.fn.max('finding_turns.at').as('at'),
      'finding_turns.was',
    ])
    .groupBy('findings.id')
    .orderBy('at', 'desc')
    .limit(NAMED)
    .execute();
  return {
    count,
    shown: rows.map((row) => ({ ...row, severity: severityOf(row.severity), was: severityOf(row.was) })),
  };
}

/** What is stored was one of them. */
function severityOf(text: string): Severity {
  return SEVERITIES.find((severity) => severity === text) ?? 'info';
}

async function casesSince(db: Db, since: Instant): Promise<number> {
  const { count } = await db
    .selectFrom('cases')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('updated_at', '>', since)
    .where('opened_at', '>', since)
    .where('status', 'not in', ['merged', 'dissolved'])
    .executeTakeFirstOrThrow();
  return count;
}

const MOST_DOERS = 20;

async function doneByOthers(db: Db, { account, since }: Looking): Promise<Changes['others']> {
  return db
    .selectFrom('actions')
    .select((eb) => ['actor', 'action', eb.fn.countAll<number>().as('count')])
    .where('at', '>', since)
    .where('actor', '!=', account)
    .where((eb) => eb.or([eb('action', 'like', 'finding.%'), eb('action', 'like', 'case.%')]))
    .groupBy(['actor', 'action'])
    .orderBy('count', 'desc')
    .orderBy('actor')
    .orderBy('action')
    .limit(MOST_DOERS)
    .execute();
}

/** Whoever was last heard of between the two moments before which silence begins, and is not back. */
async function fellSilent(db: Db, { since, at }: Looking): Promise<number> {
  const { count } = await db
    .selectFrom('endpoints')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('revoked_at', 'is', null)
    .where('last_seen_at', '>', instant(millis(since) - SILENT_MS))
    .where('last_seen_at', '<=', instant(millis(at) - SILENT_MS))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('spans')
            .select('spans.id')
            .whereRef('spans.endpoint', '=', 'endpoints.id')
            .where('spans.kind', '=', sql.lit('presence'))
            .where('spans.to', 'is', null),
        ),
      ),
    )
    .executeTakeFirstOrThrow();
  return count;
}

async function gapsSince(db: Db, since: Instant): Promise<number> {
  const { count } = await db
    .selectFrom('gaps')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('at', '>', since)
    .executeTakeFirstOrThrow();
  return count;
}

async function proposalsSince(db: Db, { account, since }: Looking) {
  return db
    .selectFrom('proposals')
    .select((eb) => [
      eb.fn
        .countAll<number>()
        .filterWhere('requested_at', '>', since)
        .filterWhere(sql<boolean>`body ->> '$.requestedBy' != ${account}`)
        .as('asked'),
      eb.fn
        .countAll<number>()
        .filterWhere(sql<boolean>`body ->> '$.decidedAt' > ${since}`)
        .filterWhere(sql<boolean>`body ->> '$.decidedBy' != ${account}`)
        .as('decided'),
    ])
    .executeTakeFirstOrThrow();
}
