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

/**
 * Reads a record of either layout; undefined for anything else, as a damaged file or one about networks gives it. By hand: this is what
 * a lookup waits for.
 */
export function placeRecordOf(value: unknown): PlaceRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return 'country_code' in value ? flat(value) : nested(value);
}

/** ip-location-db: everything at the top. */
function flat(record: {
  readonly country_code?: unknown;
  readonly state1?: unknown;
  readonly city?: unknown;
  readonly latitude?: unknown;
  readonly longitude?: unknown;
}): PlaceRecord | undefined {
  return recordOf({
    country: record.country_code,
    region: record.state1,
    city: record.city,
    latitude: record.latitude,
    longitude: record.longitude,
    radiusKm: undefined,
  });
}

/** MaxMind and DB-IP: names by language, `location` with a radius in kilometers. */
function nested(record: {
  readonly country?: unknown;
  readonly subdivisions?: unknown;
  readonly city?: unknown;
  readonly location?: unknown;
}): PlaceRecord | undefined {
  const location = fieldsOf(record.location);
  return recordOf({
    country: fieldsOf(record.country)['iso_code'],
    region: Array.isArray(record.subdivisions) ? english(record.subdivisions[0]) : undefined,
    city: english(record.city),
    latitude: location['latitude'],
    longitude: location['longitude'],
    radiusKm: location['accuracy_radius'],
  });
}

type Fields = Readonly<Record<string, unknown>>;
const NO_FIELDS: Fields = {};

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : NO_FIELDS;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function english(named: unknown): unknown {
  return fieldsOf(fieldsOf(named)['names'])['en'];
}

type Unchecked = Readonly<
  Record<'country' | 'region' | 'city' | 'latitude' | 'longitude' | 'radiusKm', unknown>
>;

/** Without a country nothing can be compared with a declaration: such a record counts as none, as does one whose point is none. */
function recordOf(given: Unchecked): PlaceRecord | undefined {
  const { country } = given;
  if (typeof country !== 'string' || !isCountry(country)) return undefined;
  const lat = numberWithin(given.latitude, -90, 90);
  const lon = numberWithin(given.longitude, -180, 180);
  const radiusKm = numberWithin(given.radiusKm, 0, 20_040);
  if (Number.isNaN(lat) || Number.isNaN(lon) || Number.isNaN(radiusKm)) return undefined;
  const place: Mutable<Place> = { country };
  const region = nameOf(given.region);
  if (region) place.region = region;
  const city = nameOf(given.city);
  if (lat === undefined || lon === undefined) {
    if (city) place.city = city;
    return { place, country };
  }
  const point = { lat: rounded(lat), lon: rounded(lon) };
  const coarse = !city || isCentroid(point);
  if (!coarse) place.city = city;
  place.lat = point.lat;
  place.lon = point.lon;
  place.radiusKm = coarse
    ? Math.max(radiusKm ?? 0, countryRadiusKm(country, point))
    : (radiusKm ?? CITY_RADIUS_KM);
  return { place, country, radiusBy: coarse ? 'country' : radiusKm === undefined ? 'city' : 'database' };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function isCountry(text: string): boolean {
  return text.length === 2 && isCapital(text.charCodeAt(0)) && isCapital(text.charCodeAt(1));
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

/** Undefined where nothing is given, NaN for what is out of bounds or no number. */
function numberWithin(value: unknown, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'number' && value >= least && value <= most ? value : Number.NaN;
}

function nameOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  const text = value.trim();
  return text === '-' ? '' : text.slice(0, 128);
}

/** Eleven meters: what follows is noise of 32-bit floats. */
function rounded(degrees: number): number {
  return Math.round(degrees * 10_000) / 10_000;
}
