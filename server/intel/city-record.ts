import * as z from 'zod/mini';
import { countrySchema, latSchema, lonSchema } from '../../shared/geo.ts';

/** A place as a city database tells it. */
export interface CityRecord {
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  readonly lat?: number;
  readonly lon?: number;
  /** As the database itself says; most say none. */
  readonly radiusKm?: number;
}

const name = z.optional(
  z.pipe(
    z.string(),
    z.transform((text) => text.trim().slice(0, 128)),
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

/** Reads a record of either layout; undefined for anything else, as a damaged file gives it. */
export function cityRecordOf(value: unknown): CityRecord | undefined {
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

/** Without a city the coordinates are the middle of a country, which is no place: they are left out. */
function recordOf({ country, region, city, latitude, longitude, radiusKm }: Loose): CityRecord {
  return {
    ...(country ? { country } : {}),
    ...(region ? { region } : {}),
    ...(city ? { city } : {}),
    ...(city && latitude !== undefined && longitude !== undefined
      ? { lat: rounded(latitude), lon: rounded(longitude), ...(radiusKm === undefined ? {} : { radiusKm }) }
      : {}),
  };
}

/** Eleven meters: what follows is noise of 32-bit floats. */
function rounded(degrees: number): number {
  return Math.round(degrees * 10_000) / 10_000;
}
