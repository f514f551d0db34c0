import { sql } from 'kysely';
import type { Declaration } from '../../shared/declaration.ts';
import type { FactKind } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';
import { type ContractorTimeline, MOST_SPANS, type PlaceTimeline, type Profile } from '../detect/timeline.ts';
import { contractorTimelineOf, placeTimelineOf } from '../detect/timeline-of.ts';
import { compiled } from './compiled.ts';
import { contractorSpans } from './contractor-spans.ts';
import type { Subject } from './dirty.ts';
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
  const [row] = await profileAndEndpoints(db, [id]);
  if (!row) return undefined;
  const found = await contractorSpans(db, { contractor: id, since: window.since, kinds });
  const endpoints: EndpointRow[] = JSON.parse(row.endpoints);
  return contractorTimelineOf({
    now: window.now,
    ...found,
    contractor: profileOf(id, row.declaration),
    endpoints: endpoints.map(([endpoint, enrolledAt]) => ({ id: endpoint, contractor: id, enrolledAt })),
  });
}

type EndpointRow = readonly [id: string, enrolledAt: Instant];

const profileAndEndpoints = compiled((db) =>
  db
    .selectFrom('contractors')
    .select([
      'declaration',
      sql<string>`(select json_group_array(json_array(id, enrolled_at) order by id) from endpoints
        where contractor = contractors.id)`.as('endpoints'),
    ])
    .where('contractors.id', '=', ''),
);

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
