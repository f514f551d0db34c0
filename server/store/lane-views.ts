import { sql } from 'kysely';
import { LANE_KINDS } from '../../shared/api/timeline.ts';
import type { Declaration } from '../../shared/declaration.ts';
import { type FactKind, isFactKind } from '../../shared/facts.ts';
import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import { earlier } from '../detect/periods.ts';
import { SILENCE_READS } from '../detect/silences.ts';
import type { ContractorTimeline, Span } from '../detect/timeline.ts';
import { contractorTimelineOf } from '../detect/timeline-of.ts';
import { contractorSpans } from './contractor-spans.ts';
import type { Db } from './store.ts';

/** A machine of a contractor, as long as it could be watched. */
export interface WatchedEndpoint {
  readonly id: string;
  readonly contractor: string;
  readonly enrolledAt: Instant;
  readonly revokedAt: Instant | null;
  readonly lastSeenAt: Instant | null;
}

export interface Watched {
  readonly endpoints: readonly WatchedEndpoint[];
  readonly declaration: Declaration | null;
}

/** Whom and what there is to look at; undefined for nobody we know. */
export async function watchedOf(db: Db, contractor: string): Promise<Watched | undefined> {
  const row = await db
    .selectFrom('contractors')
    .select('declaration')
    .where('id', '=', contractor)
    .executeTakeFirst();
  if (!row) return undefined;
  const endpoints = await db
    .selectFrom('endpoints')
    .select(['id', 'enrolled_at', 'revoked_at', 'last_seen_at'])
    .where('contractor', '=', contractor)
    .orderBy('id')
    .execute();
  return {
    declaration: row.declaration === null ? null : JSON.parse(row.declaration),
    endpoints: endpoints.map((each) => ({
      id: each.id,
      contractor,
      enrolledAt: each.enrolled_at,
      revokedAt: each.revoked_at,
      lastSeenAt: each.last_seen_at,
    })),
  };
}

/** What lanes and silences read. */
export const PICTURED: ReadonlySet<FactKind> = new Set([...LANE_KINDS, ...SILENCE_READS]);
export const OF_HOURS: ReadonlySet<FactKind> = new Set(['activity', 'session', 'control', 'suspend']);
export const OF_PLACES: ReadonlySet<FactKind> = new Set(['egress']);

interface Asked {
  readonly contractor: string;
  readonly watched: Watched;
  readonly since: Instant;
  readonly until: Instant;
  readonly now: Instant;
  readonly kinds: ReadonlySet<FactKind>;
}

/** What touches a range, and when each endpoint was last heard of before it, so that a silence over its beginning is known. */
export async function rangeTimeline(db: Db, asked: Asked): Promise<ContractorTimeline> {
  const { contractor, watched, since, until, now, kinds } = asked;
  const found = await contractorSpans(db, { contractor, since, kinds });
  const spans = found.spans.filter(({ from }) => from <= until);
  const known = new Set(spans.map(({ id }) => id));
  const before = kinds.has('presence') ? await lastHeard(db, watched.endpoints, since) : [];
  return contractorTimelineOf({
    now,
    since: found.since,
    truncated: found.truncated,
    contractor: { id: contractor, ...(watched.declaration && { declaration: watched.declaration }) },
    endpoints: watched.endpoints,
    spans: [...before.filter(({ id }) => !known.has(id)), ...spans],
  });
}

/** The first thing that was ever to be looked at, a year ago at most. */
export function extentOf(
  { endpoints }: Watched,
  now: Instant,
): { readonly from: Instant; readonly to: Instant } {
  const first = endpoints.reduce((least, { enrolledAt }) => earlier(least, enrolledAt), now);
  const earliest = Math.max(millis(first), millis(now) - LONGEST_MS);
  return { from: instant(Math.min(earliest, millis(now) - DAY)), to: now };
}

const LONGEST_MS = 365 * DAY;

async function lastHeard(
  db: Db,
  endpoints: readonly WatchedEndpoint[],
  since: Instant,
): Promise<readonly Span[]> {
  const spans: Span[] = [];
  for (const { id } of endpoints) {
    for (const kind of ['presence', 'agent'] as const) {
      const row = await db
        .selectFrom('spans')
        .selectAll()
        .where('endpoint', '=', id)
        .where('kind', '=', sql.lit(kind))
        // As the index `spans_around_gaps` has it.
        .where(sql<boolean>`kind in ('presence', 'agent', 'gap')`)
        .where('from', '<', since)
        .orderBy('from', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (!row || !isFactKind(row.kind)) continue;
      spans.push({
        id: String(row.id),
        endpoint: row.endpoint,
        contractor: row.contractor,
        kind: row.kind,
        key: row.key,
        source: row.source === 'collector' ? 'collector' : 'agent',
        from: row.from,
        ...(row.to !== null && { to: row.to }),
        fact: JSON.parse(row.fact),
      });
    }
  }
  return spans;
}
