import { type SelectQueryBuilder, sql } from 'kysely';
import type { PlaceDetail, PlaceRow, PlacesPage, PlacesQuery } from '../../shared/api.ts';
import type { Declaration } from '../../shared/declaration.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Finding } from '../../shared/finding.ts';
import { placeKindOf } from '../../shared/place.ts';
import type { Instant } from '../../shared/time.ts';
import { companyOf, siteOf } from '../detect/company.ts';
import type { Profile, Visit } from '../detect/timeline.ts';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';
import { openVisits, visitOf } from './visits.ts';

const PAGE = 50;
const LATEST = 200;
const MOST_STAYS = 10_000;
const MOST_VISITORS = 500;

/** One page of places, those with most visitors first and by name among equals. Throws REQUEST_INVALID for a cursor that is none. */
export async function findPlaces(db: Db, query: PlacesQuery): Promise<PlacesPage> {
  const limit = query.limit ?? PAGE;
  let select = summaries(db.selectFrom('visits'));
  if (query.cursor) {
    const after = positionOf(query.cursor);
    select = select.having((eb) =>
      eb.or([
        eb(visitors, '<', after.visitors),
        eb.and([eb(visitors, '=', after.visitors), eb('place', '>', after.place)]),
      ]),
    );
  }
  const rows = await select
    .orderBy('visitors', 'desc')
    .orderBy('place')
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { places: shown.flatMap((row) => rowOf(row) ?? []), next: last ? cursorOf(last) : null };
}

/** One place with who was there and what was found about it; undefined where nobody was. */
export async function findPlace(db: Db, id: string, now: Instant): Promise<PlaceDetail | undefined> {
  const there = db.selectFrom('visits').where('place', '=', id);
  const place = rowOf(await summaries(there).executeTakeFirst());
  if (!place) return undefined;
  const rows = await there
    .selectAll()
    .where('to', 'is not', null)
    .orderBy('from', 'desc')
    .orderBy('span', 'desc')
    .limit(MOST_STAYS)
    .execute();
  const open = await openVisits(db, id, { now, most: MOST_STAYS });
  const stays = [...open, ...rows.map(visitOf)].toSorted(newestFirst).slice(0, MOST_STAYS);
  const people = await peopleOf(db, [...new Set(stays.map(({ contractor }) => contractor))]);
  const profiles = {
    contractors: new Map([...people].map(([contractor, { profile }]) => [contractor, profile])),
  };
  const { how, togetherMs, period } = companyOf(stays, now, (stay) => siteOf(stay.contractor, profiles));
  return {
    place,
    networkClasses:
      place.kind === 'egress' ? [...new Set(stays.map(({ networkClass }) => networkClass))].toSorted() : [],
    company: { how, togetherMs, from: period?.from ?? null, to: period?.to ?? null },
    visitors: [...Map.groupBy(stays, ({ contractor }) => contractor)]
      .slice(0, MOST_VISITORS)
      .map(([contractor, own]) => ({ contractor, ...visitorOf(own), ...aboutOf(people.get(contractor)) })),
    stays: stays.slice(0, LATEST).map(({ networkClass: _, to = null, ...stay }) => ({ ...stay, to })),
    findings: await findingsAt(db, id),
  };
}

function newestFirst(a: Visit, b: Visit): number {
  if (a.from !== b.from) return a.from < b.from ? 1 : -1;
  return Number(b.span) - Number(a.span);
}

const visitors = sql<number>`count(distinct contractor)`;

interface Summary {
  readonly place: string;
  readonly visitors: number;
  readonly first: string;
  readonly last: string | null;
}

function summaries(visits: SelectQueryBuilder<Tables, 'visits', object>) {
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
function rowOf(row: Summary | undefined): PlaceRow | undefined {
  const kind = row && placeKindOf(row.place);
  if (!row || !kind) return undefined;
  return { id: row.place, kind, visitors: row.visitors, firstAt: row.first, lastAt: row.last };
}

interface Person {
  readonly label: string | null;
  readonly profile: Profile;
}

async function peopleOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Person>> {
  const rows = await db
    .selectFrom('contractors')
    .select(['id', 'label', 'declaration'])
    .where('id', 'in', sql<string>`(select value from json_each(${JSON.stringify(ids)}))`)
    .execute();
  return new Map(
    rows.map(({ id, label, declaration }) => [
      id,
      { label, profile: declaration === null ? { id } : { id, declaration: declared(declaration) } },
    ]),
  );
}

function declared(text: string): Declaration {
  return JSON.parse(text);
}

function aboutOf(person: Person | undefined) {
  return { label: person?.label ?? null, sharedSite: person?.profile.declaration?.sharedSite ?? null };
}

/** `stays` newest first. */
function visitorOf(stays: readonly Visit[]) {
  const ends = stays.map(({ to }) => to ?? null);
  const lastAt = ends.includes(null) ? null : (ends.toSorted().at(-1) ?? null);
  return {
    endpoints: [...new Set(stays.map(({ endpoint }) => endpoint))].toSorted(),
    stays: stays.length,
    firstAt: stays.at(-1)?.from ?? '',
    lastAt,
  };
}

async function findingsAt(db: Db, place: string): Promise<Finding[]> {
  const rows = await db
    .selectFrom('findings')
    .select('body')
    .where('scope', '=', 'place')
    .where('subject', '=', place)
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(LATEST)
    .execute();
  return rows.map(({ body }): Finding => JSON.parse(body));
}

function cursorOf({ visitors: count, place }: Summary): string {
  return Buffer.from(`${count} ${place}`).toString('base64url');
}

function positionOf(cursor: string): { readonly visitors: number; readonly place: string } {
  const [, count, place] = /^(\d{1,9}) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (count === undefined || place === undefined)
    throw new CodedError('REQUEST_INVALID', { reason: 'cursor: not one of ours' });
  return { visitors: Number(count), place };
}
