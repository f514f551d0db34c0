import { type Circle, distanceKm } from '../../shared/geo.ts';
import { SITE_RADIUS_KM } from './corporate.ts';
import type { Gathered } from './gathered.ts';
import type { Override } from './override-table.ts';
import type { Place, PlaceRecord } from './place-record.ts';

export interface PlaceVerdict {
  readonly place: Place;
  readonly disputed: boolean;
  /** Who decided, as the fact names it. */
  readonly said: string;
  readonly radius: RadiusOrigin | undefined;
}

export type RadiusOrigin = 'site' | 'override' | 'database' | 'city' | 'country' | 'widened';

/** Sites of the configuration, then the operator's overrides, then ours, then the databases. Undefined when nobody knows a place. */
export function placeVerdict(gathered: Gathered): PlaceVerdict | undefined {
  const { site, given, own, sources } = gathered;
  if (site?.country !== undefined) {
    const { country, lat, lon } = site;
    const point = lat === undefined || lon === undefined ? {} : { lat, lon, radiusKm: SITE_RADIUS_KM };
    return {
      place: { country, ...point },
      disputed: false,
      said: `corporate site ${site.name}`,
      radius: lat === undefined ? undefined : 'site',
    };
  }
  return (
    fromOverride(given, sources.givenOverrides.name) ??
    fromOverride(own, sources.ownOverrides.name) ??
    fromDatabases(gathered)
  );
}

/** How a fact names an override. */
export function overrideSaid(by: string, { confidence, reason }: Override): string {
  return `${by} (${confidence}): ${reason}`;
}

function fromOverride(override: Override | undefined, by: string): PlaceVerdict | undefined {
  if (!override || (override.place !== 'none' && override.country === undefined)) return undefined;
  const { country, city, lat, lon, radiusKm } = override;
  const point =
    lat !== undefined && lon !== undefined && radiusKm !== undefined ? { lat, lon, radiusKm } : {};
  return {
    place: { ...(country ? { country } : {}), ...(city ? { city } : {}), ...point },
    disputed: false,
    said: overrideSaid(by, override),
    radius: lat === undefined ? undefined : 'override',
  };
}

function fromDatabases({ city, second, country, sources }: Gathered): PlaceVerdict | undefined {
  const record = city ?? second;
  if (!record)
    return country
      ? { place: { country }, disputed: false, said: sources.countries.name, radius: undefined }
      : undefined;
  const name = (city ? sources.city : sources.second)?.name ?? '';
  const { radiusBy, place } = record;
  const compared = city && second;
  const other = compared ? second.country : country;
  // A database that states its own radius for the address is not doubted by a table of countries.
  const asked = compared !== undefined || radiusBy !== 'database';
  if (asked && other !== undefined && other !== record.country) {
    const by = compared ? sources.second?.name : sources.countries.name;
    return {
      place: withoutPoint(place),
      disputed: true,
      said: `${name}; ${by} says ${other}`,
      radius: undefined,
    };
  }
  const apart = compared ? widened(city, second) : undefined;
  if (apart === undefined) return { place, disputed: false, said: name, radius: radiusBy };
  const { radiusKm, distance } = apart;
  const said = `${name}; ${sources.second?.name} is ${distance} km off`;
  return { place: { ...place, radiusKm }, disputed: false, said, radius: 'widened' };
}

/** Where two sources disagree on the country, as for one address in twenty, a point would be a false comparison point. */
function withoutPoint({ lat: _lat, lon: _lon, radiusKm: _radiusKm, ...rest }: Place): Place {
  return rest;
}

/** The radius that covers both circles, where the second's point lies outside the first. A country's middle contradicts nothing. */
function widened(
  first: PlaceRecord,
  second: PlaceRecord,
): { readonly radiusKm: number; readonly distance: number } | undefined {
  const [a, b] = [pointOf(first.place), pointOf(second.place)];
  if (!a || !b || first.radiusBy === 'country' || second.radiusBy === 'country') return undefined;
  const distance = Math.round(distanceKm(a, b));
  return distance <= a.radiusKm
    ? undefined
    : { radiusKm: Math.min(20_040, distance + Math.ceil(b.radiusKm)), distance };
}

function pointOf({ lat, lon, radiusKm }: Place): Circle | undefined {
  return lat === undefined || lon === undefined || radiusKm === undefined
    ? undefined
    : { lat, lon, radiusKm };
}
