import type { PlaceDetail } from '../../shared/api.ts';
import type { Declaration } from '../../shared/declaration.ts';
import type { Finding } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { companyOf, siteOf } from '../detect/company.ts';
import type { Profile, Visit } from '../detect/timeline.ts';
import { among } from './among.ts';
import { placeRowOf, summaries } from './place-lists.ts';
import type { Db } from './store.ts';
import { staysAt } from './visits.ts';

const LATEST = 200;
const MOST_STAYS = 10_000;
const MOST_VISITORS = 500;

/** One place with who was there and what was found about it; undefined where nobody was. */
export async function findPlace(db: Db, id: string, now: Instant): Promise<PlaceDetail | undefined> {
  const there = db.selectFrom('visits').where('place', '=', id);
  const place = placeRowOf(await summaries(there).executeTakeFirst());
  if (!place) return undefined;
  const stays = await staysAt(db, id, { now, most: MOST_STAYS });
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

interface Person {
  readonly label: string | null;
  readonly profile: Profile;
}

async function peopleOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Person>> {
  const rows = await db
    .selectFrom('contractors')
    .select(['id', 'label', 'declaration'])
    .where('id', 'in', among(ids))
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
