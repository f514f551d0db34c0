import * as z from 'zod/mini';
import { countrySchema, latSchema, lonSchema } from '../../shared/geo.ts';
import { countryRadiusKm, isCentroid } from './country-size.ts';

/** A point never comes without its radius. */
export interface Place {
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  readonly lat?: number;
  readonly lon?: number;
  readonly radiusKm?: number;
}

/** A place as a database tells it. */
export interface PlaceRecord {
  readonly place: Place;
  readonly country: string;
  /** The database's own radius, ours for cities, or that of the country, because the point is only the country's middle. */
  readonly radiusBy?: 'database' | 'city' | 'country';
}

// Farhand's measure, since DB-IP states none: DB-IP and GeoLite2 lie within 547 km of each other for 90 % of 300,000 addresses on whose
// country they agree (149 km for 75 %), so two circles of half of that take the whole disagreement off a distance.
const CITY_RADIUS_KM = 275;

const name = z.optional(
  z.pipe(
    z.string(),
    z.transform((text) => (text.trim() === '-' ? '' : text.trim().slice(0, 128))),
  ),
);
const country = z.optional(z.catch(z.optional(countrySchema), undefined));
const coordinates = {
  latitude: z.optional(latSchema),
  longitude: z.optional(lonSchema),
};

/** ip-location-db: everything at the top. */
const flatSchema = z.object({ country_code: country, state1: name, city: name, ...coordinates });

/** MaxMind and DB-IP: names by language, `location` with a radius in kilometers. */
const named = z.optional(z.object({ names: z.optional(z.object({ en: name })) }));
const nestedSchema = z.object({
  country: z.optional(z.object({ iso_code: country })),
  subdivisions: z.optional(z.array(named)),
  city: named,
  location: z.optional(
    z.object({
      ...coordinates,
      accuracy_radius: z.optional(z.number().check(z.minimum(0), z.maximum(20_040))),
    }),
  ),
});

/** Reads a record of either layout; undefined for anything else, as a damaged file or one about networks gives it. */
export function placeRecordOf(value: unknown): PlaceRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('country_code' in value) {
    const { success, data } = z.safeParse(flatSchema, value);
    return success ? recordOf({ ...data, country: data.country_code, region: data.state1 }) : undefined;
  }
  const { success, data } = z.safeParse(nestedSchema, value);
  if (!success) return undefined;
  return recordOf({
    country: data.country?.iso_code,
    region: data.subdivisions?.[0]?.names?.en,
    city: data.city?.names?.en,
    latitude: data.location?.latitude,
    longitude: data.location?.longitude,
    radiusKm: data.location?.accuracy_radius,
  });
}

interface Loose {
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly city?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly radiusKm?: number | undefined;
}

/** Without a country nothing can be compared with a declaration: such a record counts as none. */
function recordOf({ country, region, city, latitude, longitude, radiusKm }: Loose): PlaceRecord | undefined {
  if (!country) return undefined;
  const point =
    latitude === undefined || longitude === undefined
      ? undefined
      : { lat: rounded(latitude), lon: rounded(longitude) };
  const coarse = point && (!city || isCentroid(point));
  const own = coarse
    ? Math.max(radiusKm ?? 0, countryRadiusKm(country, point))
    : (radiusKm ?? CITY_RADIUS_KM);
  const place = {
    country,
    ...(region ? { region } : {}),
    ...(city && !coarse ? { city } : {}),
    ...(point ? { ...point, radiusKm: own } : {}),
  };
  if (!point) return { place, country };
  return { place, country, radiusBy: coarse ? 'country' : radiusKm === undefined ? 'city' : 'database' };
}

/** Eleven meters: what follows is noise of 32-bit floats. */
function rounded(degrees: number): number {
  return Math.round(degrees * 10_000) / 10_000;
}
