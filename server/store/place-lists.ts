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
import type { Declaration } from '../../shared/declaration.ts';
import { placeKindOf } from '../../shared/place.ts';
import type { Instant } from '../../shared/time.ts';
import { companyOf, siteOf } from '../detect/company.ts';
import type { Profile } from '../detect/timeline.ts';
import { containing, listCursor, listPosition } from './list-cursor.ts';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';
import { staysAt } from './visits.ts';

const PAGE = 50;
const STAYS_FOR_COMPANY = 400;
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
    const there = await whoWasAt(db, place.id, GRAPH_NODES);
    const newcomers = there.filter(({ contractor }) => !people.has(contractor));
    const welcome = new Set(newcomers.slice(0, Math.max(0, room)).map(({ contractor }) => contractor));
    const visible = there.filter(({ contractor }) => people.has(contractor) || welcome.has(contractor));
    more ||= visible.length < place.visitors;
    if (room < 0 || visible.length < 2) continue;
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

const visitors = sql<number>`count(distinct contractor)`;

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
      visitors.as('visitors'),
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

/** Ids and visitors first, from an index alone; the rest only of what is shown. */
async function found(
  db: Db,
  query: Omit<PlacesQuery, 'cursor' | 'limit'>,
  {
    after,
    limit,
  }: { readonly after?: { readonly order: string; readonly id: string } | undefined; readonly limit: number },
): Promise<readonly Summary[]> {
  let select = matching(db, query);
  if (after)
    select = select.having((eb) =>
      eb.or([
        eb(visitors, '<', Number(after.order)),
        eb.and([eb(visitors, '=', Number(after.order)), eb('place', '>', after.id)]),
      ]),
    );
  const rows = await select.limit(limit).execute();
  const ids = rows.map(({ place }) => place);
  const told = await summaries(db.selectFrom('visits').where('place', 'in', ids)).execute();
  const byPlace = new Map(told.map((row) => [row.place, row]));
  return ids.flatMap((place) => byPlace.get(place) ?? []);
}

function matching(db: Db, { kind, visitors: least = 1, q = '' }: Omit<PlacesQuery, 'cursor' | 'limit'>) {
  let visits = db.selectFrom('visits');
  // A range, so that the index on places serves; `;` comes right after `:`.
  if (kind !== undefined) visits = visits.where('place', '>=', `${kind}:`).where('place', '<', `${kind};`);
  if (q.trim() !== '') visits = visits.where(sql<boolean>`place like ${containing(q)} escape '\\'`);
  return visits
    .select(['place', visitors.as('visitors')])
    .groupBy('place')
    .having(visitors, '>=', least)
    .orderBy('visitors', 'desc')
    .orderBy('place');
}

async function companyAt(
  db: Db,
  place: PlaceRow,
  now: Instant,
): Promise<Pick<PlaceSummary, 'networkClasses' | 'how' | 'who' | 'sites'>> {
  const stays = await staysAt(db, place.id, { now, most: STAYS_FOR_COMPANY });
  const people = await whoWasAt(db, place.id, STAYS_FOR_COMPANY);
  const contractors = new Map<string, Profile>(
    people.map(({ contractor, site }) => [
      contractor,
      { id: contractor, ...(site === null ? {} : { declaration: { sharedSite: site } }) },
    ]),
  );
  const { how } = companyOf(stays, now, (stay) => siteOf(stay.contractor, { contractors }));
  return {
    networkClasses:
      place.kind === 'egress' ? [...new Set(stays.map(({ networkClass }) => networkClass))].toSorted() : [],
    how,
    who: people.slice(0, NAMED_VISITORS),
    sites: [...new Set(people.flatMap(({ site }) => site ?? []))].toSorted(),
  };
}

async function whoWasAt(db: Db, place: string, most: number): Promise<PlaceSummary['who']> {
  const rows = await db
    .selectFrom('visits')
    .leftJoin('contractors', 'contractors.id', 'visits.contractor')
    .select(['visits.contractor', 'contractors.label', 'contractors.declaration'])
    .distinct()
    .where('visits.place', '=', place)
    .orderBy('visits.contractor')
    .limit(most)
    .execute();
  return rows.map(({ contractor, label, declaration }) => ({
    contractor,
    label,
    site: declaration === null ? null : (declared(declaration).sharedSite ?? null),
  }));
}

function declared(text: string): Declaration {
  return JSON.parse(text);
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
