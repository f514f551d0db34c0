import { type SelectQueryBuilder, sql } from 'kysely';
import {
  GRAPH_NODES,
  type PlaceGraph,
  type PlaceGraphQuery,
  type PlaceSummary,
  type PlacesPage,
  type PlacesQuery,
} from '../../shared/api/places.ts';
import type { PlaceRow } from '../../shared/api.ts';
import { placeKindOf } from '../../shared/place.ts';
import type { Instant } from '../../shared/time.ts';
import { companyOf, siteOf } from '../detect/company.ts';
import type { Profile } from '../detect/timeline.ts';
import { containing, listCursor, listPosition } from './list-cursor.ts';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';
import { staysAt } from './visits.ts';

const PAGE = 50;
const STAYS_FOR_COMPANY = 100;
const NAMED_VISITORS = 5;

/** One page of places, those with most visitors first and by name among equals. Throws REQUEST_INVALID for a cursor that is none. */
export async function findPlaces(db: Db, query: PlacesQuery, now: Instant): Promise<PlacesPage> {
  const { limit = PAGE, cursor } = query;
  const after = cursor === undefined ? undefined : listPosition(cursor);
  const rows = await found(db, query, { after, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const places = shown.flatMap((row) => placeRowOf(row) ?? []);
  const open = await openFindingsAt(db, places);
  const summaries: PlaceSummary[] = [];
  for (const place of places)
    summaries.push({ ...place, open: open.get(place.id) ?? 0, ...(await companyAt(db, place, now)) });
  return { places: summaries, next: last ? listCursor(String(last.visitors), last.place) : null };
}

/** Who shares what: the places that most share, as many as 150 nodes can show together with their visitors. */
export async function placeGraph(db: Db, query: PlaceGraphQuery): Promise<PlaceGraph> {
  const rows = await found(db, { ...query, visitors: 2 }, { limit: GRAPH_NODES + 1 });
  const shared = rows.flatMap((row) => placeRowOf(row) ?? []);
  const people = new Map<string, PlaceGraph['contractors'][number]>();
  const drawn: PlaceRow[] = [];
  const links: PlaceGraph['links'] = [];
  let more = rows.length > GRAPH_NODES;
  for (const place of shared) {
    const room = GRAPH_NODES - drawn.length - people.size - 1;
    if (room < 0) {
      more = true;
      break;
    }
    const there = await whoWasAt(db, place.id, GRAPH_NODES);
    const newcomers = there.filter(({ contractor }) => !people.has(contractor));
    const welcome = new Set(newcomers.slice(0, room).map(({ contractor }) => contractor));
    const visible = there.filter(({ contractor }) => people.has(contractor) || welcome.has(contractor));
    more ||= visible.length < place.visitors;
    if (visible.length < 2) continue;
    drawn.push(place);
    for (const person of visible) {
      people.set(person.contractor, person);
      links.push({ place: place.id, contractor: person.contractor });
    }
  }
  const open = await openFindingsAt(db, drawn);
  return {
    places: drawn.map(({ id, kind, visitors: count }) => ({
      id,
      kind,
      visitors: count,
      open: open.get(id) ?? 0,
    })),
    contractors: [...people.values()].toSorted((a, b) => (a.contractor < b.contractor ? -1 : 1)),
    links,
    more,
  };
}

interface Summary {
  readonly place: string;
  readonly visitors: number;
  readonly first: string;
  readonly last: string | null;
}

/** What is said of a place in short, for every statement that groups stays by place. */
export function summaries(visits: SelectQueryBuilder<Tables, 'visits', object>) {
  return visits
    .select((eb) => [
      'place',
      sql<number>`count(distinct contractor)`.as('visitors'),
      eb.fn.min('from').as('first'),
      sql<string | null>`case when count("to") < count(*) then null else max("to") end`.as('last'),
    ])
    .groupBy('place');
}

/** Undefined for a kind of place that a later version wrote. */
export function placeRowOf(row: Summary | undefined): PlaceRow | undefined {
  const kind = row && placeKindOf(row.place);
  if (!row || !kind) return undefined;
  return { id: row.place, kind, visitors: row.visitors, firstAt: row.first, lastAt: row.last };
}

/** Ids and visitors first, from an index alone; when somebody was there only of what is shown. */
async function found(
  db: Db,
  query: Omit<PlacesQuery, 'cursor' | 'limit'>,
  {
    after,
    limit,
  }: { readonly after?: { readonly order: string; readonly id: string } | undefined; readonly limit: number },
): Promise<readonly Summary[]> {
  let select = matching(db, query);
  if (after) {
    const count = Number(after.order);
    select = select.where((eb) =>
      eb.and([eb('visitors', '<=', count), eb.or([eb('visitors', '<', count), eb('place', '>', after.id)])]),
    );
  }
  const rows = await select.limit(limit).execute();
  const times = await timesAt(
    db,
    rows.map(({ place }) => place),
  );
  return rows.flatMap((row, index) => {
    const known = times[index];
    return known ? [{ ...row, ...known }] : [];
  });
}

/** In the order that is given. Each time is one step in an index, however many were there. */
async function timesAt(
  db: Db,
  places: readonly string[],
): Promise<readonly Pick<Summary, 'first' | 'last'>[]> {
  const { rows } = await sql<Pick<Summary, 'first' | 'last'>>`select
      (select min("from") from visits where place = value) as first,
      case when exists (select 1 from visits where place = value and "to" is null) then null
        else (select max("to") from visits where place = value) end as last
    from json_each(${JSON.stringify(places)}) order by key`.execute(db);
  return rows;
}

function matching(db: Db, { kind, visitors = 1, q = '' }: Omit<PlacesQuery, 'cursor' | 'limit'>) {
  return db
    .selectFrom('visited_places')
    .selectAll()
    .where('visitors', '>=', visitors)
    .$if(kind !== undefined, (select) =>
      // A range, since `;` comes right after `:`. With a plus, so that the index of the list's order is taken.
      select.where(sql<boolean>`+place >= ${`${kind}:`} and +place < ${`${kind};`}`),
    )
    .$if(q.trim() !== '', (select) => select.where(sql<boolean>`place like ${containing(q)} escape '\\'`))
    .orderBy('visitors', 'desc')
    .orderBy('place');
}

async function companyAt(
  db: Db,
  place: PlaceRow,
  now: Instant,
): Promise<Pick<PlaceSummary, 'networkClasses' | 'how' | 'who' | 'sites'>> {
  const stays = await staysAt(db, place.id, { now, most: STAYS_FOR_COMPANY });
  const sites = await sitesOf(db, [...new Set(stays.map(({ contractor }) => contractor))]);
  const contractors = new Map<string, Profile>(
    [...sites].map(([id, sharedSite]) => [id, { id, declaration: { sharedSite } }]),
  );
  const { how } = companyOf(stays, now, (stay) => siteOf(stay.contractor, { contractors }));
  return {
    networkClasses:
      place.kind === 'egress' ? [...new Set(stays.map(({ networkClass }) => networkClass))].toSorted() : [],
    how,
    who: await whoWasAt(db, place.id, NAMED_VISITORS),
    sites: [...new Set(sites.values())].toSorted(),
  };
}

/** Of those who declared one. */
async function sitesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string; site: string }>`
    select contractors.id, ${declaredSite} as site from json_each(${JSON.stringify(ids)}) join contractors on contractors.id = value
    where site is not null`.execute(db);
  return new Map(rows.map(({ id, site }) => [id, site]));
}

const declaredSite = sql<string | null>`contractors.declaration ->> '$.sharedSite'`;

async function whoWasAt(db: Db, place: string, most: number): Promise<PlaceSummary['who']> {
  return db
    .selectFrom('visitors')
    .leftJoin('contractors', 'contractors.id', 'visitors.contractor')
    .select(['visitors.contractor', 'contractors.label', declaredSite.as('site')])
    .where('visitors.place', '=', place)
    .orderBy('visitors.contractor')
    .limit(most)
    .execute();
}

async function openFindingsAt(db: Db, places: readonly PlaceRow[]): Promise<ReadonlyMap<string, number>> {
  const ids = places.map(({ id }) => id);
  const rows = await db
    .selectFrom('findings')
    .select((eb) => ['subject', eb.fn.countAll<number>().as('count')])
    .where('scope', '=', 'place')
    .where('subject', 'in', ids)
    .where('outcome', '=', 'open')
    .groupBy('subject')
    .execute();
  return new Map(rows.map(({ subject, count }) => [subject, count]));
}
