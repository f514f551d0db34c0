import { type Selectable, sql } from 'kysely';
import type { Declaration } from '../../shared/declaration.ts';
import { FACTS, type Fact, type FactKind, factKey, isFactKind, type Source } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';
import {
  type ContractorTimeline,
  MOST_SPANS,
  type PlaceTimeline,
  type Profile,
  type Span,
} from '../detect/timeline.ts';
import { contractorTimelineOf, placeTimelineOf } from '../detect/timeline-of.ts';
import type { Subject } from './dirty.ts';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';
import { openVisits, visitOf } from './visits.ts';

export interface LookBack {
  readonly since: Instant;
  readonly now: Instant;
  /** Kinds of fact to load; the rest costs nothing then. */
  readonly kinds: ReadonlySet<FactKind>;
}

/** Everything of a contractor that touches the window: what ended within it and what is open. Undefined for nobody we know. */
export async function contractorTimeline(
  db: Db,
  id: string,
  { kinds, ...window }: LookBack,
): Promise<ContractorTimeline | undefined> {
  const [contractor] = await profiles(db, [id]);
  if (!contractor) return undefined;
  const endpoints = await db
    .selectFrom('endpoints')
    .select(['id', 'contractor', 'enrolled_at'])
    .where('contractor', '=', id)
    .orderBy('id')
    .execute();
  const spans = db
    .selectFrom('spans')
    .select(COLUMNS)
    .where('kind', 'in', [...kinds]);
  // What is true of a machine now belongs to whoever has it now, even if it was bound to them while it was true.
  const open = await spans
    .where('endpoint', 'in', db.selectFrom('endpoints').select('id').where('contractor', '=', id))
    .where('to', 'is', null)
    .limit(MOST_SPANS)
    .execute();
  const ended = await spans
    .where('contractor', '=', id)
    .where('to', '>=', window.since)
    .orderBy('to', 'desc')
    .limit(MOST_SPANS)
    .execute();
  return contractorTimelineOf({
    ...window,
    truncated: ended.length === MOST_SPANS,
    contractor,
    endpoints: endpoints.map(({ enrolled_at, ...endpoint }) => ({ ...endpoint, enrolledAt: enrolled_at })),
    spans: [...ended, ...open].flatMap((row) => spanOf(row, id) ?? []),
  });
}

/** Everyone's stays at a place that touch the window. */
export async function placeTimeline(
  db: Db,
  place: string,
  window: Omit<LookBack, 'kinds'>,
): Promise<PlaceTimeline> {
  const there = db.selectFrom('visits').selectAll().where('place', '=', place);
  const open = await openVisits(db, place, { now: window.now, most: MOST_SPANS });
  const ended = await there.where('to', '>=', window.since).orderBy('to', 'desc').limit(MOST_SPANS).execute();
  const going = open.filter(({ to }) => to === undefined || to >= window.since);
  const visits = [...ended.map(visitOf), ...going];
  const visitors = [...new Set(visits.map(({ contractor }) => contractor))];
  return placeTimelineOf({
    ...window,
    truncated: ended.length === MOST_SPANS,
    place,
    visits,
    contractors: await profiles(db, visitors),
    others: visitors.length < 2 ? new Map() : await otherPlaces(db, visitors, { place, since: window.since }),
  });
}

/** Of so many visitors, and so many places of each: whoever has more shares what comes first. */
const MOST_VISITORS = 1_000;
const MOST_PLACES = 500;

/** Where else these visitors were within the window. */
async function otherPlaces(
  db: Db,
  visitors: readonly string[],
  { place, since }: { readonly place: string; readonly since: Instant },
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const others = new Map<string, ReadonlySet<string>>();
  for (const visitor of visitors.slice(0, MOST_VISITORS)) {
    const rows = await db
      .selectFrom('visits')
      .select('place')
      .distinct()
      .where('contractor', '=', visitor)
      .where('place', '!=', place)
      .where((eb) => eb.or([eb('to', 'is', null), eb('to', '>=', since)]))
      // Addresses come last: a restless one has many, and they say least.
      .orderBy((eb) => eb('place', 'like', sql.lit('egress:%')))
      .orderBy('place')
      .limit(MOST_PLACES)
      .execute();
    others.set(visitor, new Set(rows.map((row) => row.place)));
  }
  return others;
}

export async function knowsContractor(db: Db, id: string): Promise<boolean> {
  return (
    (await db.selectFrom('contractors').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
  );
}

/** A contractor, and every place where they were. */
export async function subjectsOf(db: Db, contractor: string): Promise<readonly Subject[]> {
  const places = await db
    .selectFrom('visits')
    .select('place')
    .distinct()
    .where('contractor', '=', contractor)
    .execute();
  return [
    { scope: 'contractor', subject: contractor },
    ...places.map(({ place }) => ({ scope: 'place', subject: place }) as const),
  ];
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

const COLUMNS = ['id', 'endpoint', 'kind', 'from', 'to', 'fact'] as const;
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

type SpanRow = Pick<Selectable<Tables['spans']>, (typeof COLUMNS)[number]>;

/** Undefined for a kind of fact that a later version wrote. */
function spanOf(row: SpanRow, contractor: string): Span | undefined {
  return isFactKind(row.kind) ? new StoredSpan(row, row.kind, contractor) : undefined;
}

/** Most facts are never looked at, so each is parsed when it is. */
class StoredSpan implements Span {
  readonly id: string;
  readonly endpoint: string;
  readonly contractor: string;
  readonly kind: FactKind;
  readonly from: Instant;
  readonly to?: Instant;
  readonly #text: string;
  #fact: Fact | undefined;

  constructor(row: SpanRow, kind: FactKind, contractor: string) {
    this.id = String(row.id);
    this.endpoint = row.endpoint;
    this.contractor = contractor;
    this.kind = kind;
    this.from = row.from;
    if (row.to !== null) this.to = row.to;
    this.#text = row.fact;
  }

  get key(): string {
    return factKey(this.fact);
  }

  get source(): Source {
    return FACTS[this.kind].source;
  }

  get fact(): Fact {
    this.#fact ??= parsedFact(this.#text);
    return this.#fact;
  }
}

function parsedFact(text: string): Fact {
  return JSON.parse(text);
}
