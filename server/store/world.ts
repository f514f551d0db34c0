import { sql } from 'kysely';
import type { World } from '../../shared/api/overview.ts';
import type { FactOf } from '../../shared/facts.ts';
import { countryAt, pointAt } from '../detect/whereabouts.ts';
import type { Db } from './store.ts';

const MOST_SPOTS = 1_000;

/** Where contractors are now against what they declared. A contractor counts once in each country and at each spot. */
export async function worldNow(db: Db): Promise<World> {
  const declared = await declaredCountries(db);
  const egresses = await egressesNow(db);
  const here = new Map<string, Set<string>>();
  const spots = new Map<string, Spot>();
  const placed = new Set<string>();
  const online = new Set<string>();
  for (const { contractor, fact } of egresses) {
    online.add(contractor);
    const country = countryAt(fact);
    if (country === undefined) continue;
    placed.add(contractor);
    gathered(here, country).add(contractor);
    const point = pointAt(fact);
    if (point) {
      const spot = spotAt(spots, point);
      spot.contractors.add(contractor);
      if (declared.get(contractor)?.includes(country) === false) spot.undeclared.add(contractor);
    }
  }
  const by = new Map<string, number>();
  for (const countries of declared.values())
    for (const country of countries) by.set(country, (by.get(country) ?? 0) + 1);
  return {
    countries: [...new Set([...by.keys(), ...here.keys()])].toSorted().map((country) => {
      const there = [...(here.get(country) ?? [])];
      const undeclared = there.filter((contractor) => declared.get(contractor)?.includes(country) === false);
      return {
        country,
        declared: by.get(country) ?? 0,
        here: there.length,
        undeclared: undeclared.length,
      };
    }),
    spots: [...spots.values()]
      .toSorted((a, b) => b.contractors.size - a.contractors.size)
      .slice(0, MOST_SPOTS)
      .map(({ lat, lon, contractors, undeclared }) => ({
        lat,
        lon,
        contractors: contractors.size,
        undeclared: undeclared.size,
      })),
    online: online.size,
    nowhere: online.size - placed.size,
  };
}

interface Spot {
  readonly lat: number;
  readonly lon: number;
  readonly contractors: Set<string>;
  readonly undeclared: Set<string>;
}

function spotAt(spots: Map<string, Spot>, point: { readonly lat: number; readonly lon: number }): Spot {
  const [lat, lon] = [Math.round(point.lat), Math.round(point.lon)];
  const key = `${lat} ${lon}`;
  const spot = spots.get(key) ?? { lat, lon, contractors: new Set(), undeclared: new Set() };
  spots.set(key, spot);
  return spot;
}

function gathered(sets: Map<string, Set<string>>, key: string): Set<string> {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set);
  return set;
}

/** Of those who declared any. Few lists are there often, so each is read once. */
async function declaredCountries(db: Db): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db
    .selectFrom('contractors')
    .select(['id', sql<string | null>`declaration ->> '$.countries'`.as('countries')])
    .where('declaration', 'is not', null)
    .execute();
  const lists = new Map<string, readonly string[]>();
  return new Map(
    rows.flatMap(({ id, countries }): [string, readonly string[]][] => {
      if (countries === null) return [];
      const list: readonly string[] = lists.get(countries) ?? JSON.parse(countries);
      lists.set(countries, list);
      return [[id, list]];
    }),
  );
}

async function egressesNow(db: Db) {
  const rows = await db
    .selectFrom('spans')
    .select(['contractor', 'fact'])
    .where('kind', '=', sql.lit('egress'))
    .where(sql<boolean>`kind in ('egress', 'agent')`)
    .where('to', 'is', null)
    .execute();
  return rows.map(({ contractor, fact }) => {
    const parsed: FactOf<'egress'> = JSON.parse(fact);
    return { contractor, fact: parsed };
  });
}
