import type { Declaration } from '../../shared/declaration.ts';
import { type FactKind, factKey, isFactKind } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';
import { SILENCE_READS } from '../detect/silences.ts';
import { type ContractorTimeline, type Endpoint, MOST_SPANS, type Span } from '../detect/timeline.ts';
import { contractorTimelineOf } from '../detect/timeline-of.ts';
import type { Db } from './store.ts';

export interface Watched {
  readonly contractor: string;
  readonly declaration?: Declaration;
  readonly endpoints: readonly Endpoint[];
  readonly since: Instant;
  /** What begins from here on is not there, however much later it is now. */
  readonly now: Instant;
}

/** What coverage is reckoned from: whether agents ran, machines slept and connections stood in a window of the past. */
export async function watchedTimeline(db: Db, watched: Watched): Promise<ContractorTimeline> {
  const { contractor, declaration, endpoints, since, now } = watched;
  const spans = await spansIn(db, watched);
  return contractorTimelineOf({
    ...{ since, now, endpoints, truncated: spans.length > MOST_SPANS, spans },
    contractor: { id: contractor, ...(declaration && { declaration }) },
  });
}

async function spansIn(
  db: Db,
  { contractor, endpoints, since, now }: Watched,
): Promise<readonly Span<FactKind>[]> {
  const kinds: readonly FactKind[] = SILENCE_READS;
  const theirs = new Set(endpoints.map(({ id }) => id));
  const told = db
    .selectFrom('spans')
    .select(['id', 'endpoint', 'kind', 'from', 'to', 'fact'])
    .where('contractor', '=', contractor)
    .where('kind', 'in', kinds)
    .where('from', '<', now)
    .orderBy('to', 'desc')
    .limit(MOST_SPANS + 1);
  const ended = await told.where('to', '>=', since).execute();
  const open = await told.where('to', 'is', null).execute();
  return [...ended, ...open].flatMap(({ id, endpoint, kind, from, to, fact: text }) => {
    if (!isFactKind(kind) || !theirs.has(endpoint)) return [];
    const fact = JSON.parse(text);
    const of = { id: String(id), endpoint, contractor, kind, key: factKey(fact), fact };
    return [{ ...of, source: 'agent' as const, from, ...(to !== null && { to }) }];
  });
}

export interface DeclaredSince {
  readonly id: number;
  readonly knownFrom: Instant;
  readonly declaration: Declaration | undefined;
}

/** What a contractor declared when, oldest first, up to a moment. Where nothing older was kept, the first stands for all time before. */
export async function declaredUntil(
  db: Db,
  contractor: string,
  until: Instant,
): Promise<readonly DeclaredSince[]> {
  const rows = await db
    .selectFrom('declaration_versions')
    .select(['id', 'known_from', 'declaration', 'assumed'])
    .where('contractor', '=', contractor)
    .where('known_from', '<', until)
    .orderBy('known_from')
    .orderBy('id')
    .execute();
  return rows.map(({ id, known_from, declaration, assumed }, index) => ({
    id,
    knownFrom: index === 0 && assumed === 1 ? '' : known_from,
    declaration: declaration === null ? undefined : JSON.parse(declaration),
  }));
}
