import type { Selectable } from 'kysely';
import type { Declaration } from '../../shared/declaration.ts';
import { type Fact, isFactKind, NETWORK_CLASSES } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';
import {
  type ContractorTimeline,
  MOST_SPANS,
  type PlaceTimeline,
  type Profile,
  type Span,
  type Visit,
} from '../detect/timeline.ts';
import { contractorTimelineOf, placeTimelineOf } from '../detect/timeline-of.ts';
import type { Subject } from './dirty.ts';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';

export interface LookBack {
  readonly since: Instant;
  readonly now: Instant;
}

/** Everything of a contractor that touches the window: what ended within it and what is open. Undefined for nobody we know. */
export async function contractorTimeline(
  db: Db,
  id: string,
  window: LookBack,
): Promise<ContractorTimeline | undefined> {
  const [contractor] = await profiles(db, [id]);
  if (!contractor) return undefined;
  const endpoints = await db
    .selectFrom('endpoints')
    .select(['id', 'contractor', 'enrolled_at'])
    .where('contractor', '=', id)
    .orderBy('id')
    .execute();
  const ofContractor = db.selectFrom('spans').select(COLUMNS).where('contractor', '=', id);
  const open = await ofContractor
    .where('endpoint', 'in', db.selectFrom('endpoints').select('id').where('contractor', '=', id))
    .where('to', 'is', null)
    .limit(MOST_SPANS)
    .execute();
  const ended = await ofContractor
    .where('to', '>=', window.since)
    .orderBy('to', 'desc')
    .limit(MOST_SPANS)
    .execute();
  return contractorTimelineOf({
    ...window,
    truncated: ended.length === MOST_SPANS,
    contractor,
    endpoints: endpoints.map(({ enrolled_at, ...endpoint }) => ({ ...endpoint, enrolledAt: enrolled_at })),
    spans: [...ended, ...open].flatMap((row) => spanOf(row) ?? []),
  });
}

/** Everyone's stays at a place that touch the window. */
export async function placeTimeline(db: Db, place: string, window: LookBack): Promise<PlaceTimeline> {
  const there = db.selectFrom('visits').selectAll().where('place', '=', place);
  const open = await there.where('to', 'is', null).limit(MOST_SPANS).execute();
  const ended = await there.where('to', '>=', window.since).orderBy('to', 'desc').limit(MOST_SPANS).execute();
  const visits = [...ended, ...open].map(visitOf);
  return placeTimelineOf({
    ...window,
    truncated: ended.length === MOST_SPANS,
    place,
    visits,
    contractors: await profiles(db, [...new Set(visits.map(({ contractor }) => contractor))]),
  });
}

/** Whom time alone may change: every contractor with an endpoint, and every place where several were within the window. */
export async function subjectsInTime(db: Db, since: Instant): Promise<readonly Subject[]> {
  const contractors = await db.selectFrom('endpoints').select('contractor').distinct().execute();
  const places = await db
    .selectFrom('visits')
    .select('place')
    .where((eb) => eb.or([eb('to', 'is', null), eb('to', '>=', since)]))
    .groupBy('place')
    .having((eb) => eb(eb.fn.count('contractor').distinct(), '>', 1))
    .execute();
  return [
    ...contractors.map(({ contractor }) => ({ scope: 'contractor', subject: contractor }) as const),
    ...places.map(({ place }) => ({ scope: 'place', subject: place }) as const),
  ];
}

const COLUMNS = ['id', 'endpoint', 'contractor', 'kind', 'key', 'source', 'from', 'to', 'fact'] as const;
const CHUNK = 500;

async function profiles(db: Db, ids: readonly string[]): Promise<readonly Profile[]> {
  const found: Profile[] = [];
  for (let at = 0; at < ids.length; at += CHUNK) {
    const rows = await db
      .selectFrom('contractors')
      .select(['id', 'declaration'])
      .where('id', 'in', ids.slice(at, at + CHUNK))
      .execute();
    for (const { id, declaration } of rows) found.push(profileOf(id, declaration));
  }
  return found;
}

function profileOf(id: string, declaration: string | null): Profile {
  if (declaration === null) return { id };
  const declared: Declaration = JSON.parse(declaration);
  return { id, declaration: declared };
}

/** Undefined for a kind of fact that a later version wrote. Most facts are never looked at, so each is parsed when it is. */
function spanOf(row: Pick<Selectable<Tables['spans']>, (typeof COLUMNS)[number]>): Span | undefined {
  const { id, endpoint, contractor, kind, key, from, to } = row;
  if (!isFactKind(kind)) return undefined;
  const source = row.source === 'collector' ? 'collector' : 'agent';
  let fact: Fact | undefined;
  return {
    id: String(id),
    endpoint,
    contractor,
    kind,
    key,
    source,
    from,
    ...(to !== null && { to }),
    get fact() {
      fact ??= parsedFact(row.fact);
      return fact;
    },
  };
}

function parsedFact(text: string): Fact {
  return JSON.parse(text);
}

function visitOf(row: Selectable<Tables['visits']>): Visit {
  const { contractor, endpoint, from, to } = row;
  const networkClass = NETWORK_CLASSES.find((known) => known === row.network_class) ?? 'unknown';
  const visit = { span: String(row.span), contractor, endpoint, from, networkClass };
  return to === null ? visit : { ...visit, to };
}
