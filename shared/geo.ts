import * as z from 'zod/mini';

export const countrySchema = z
  .string()
  .check(z.regex(/^[A-Z]{2}$/, 'expected an ISO 3166-1 alpha-2 code such as US'));
export const latSchema = z.number().check(z.minimum(-90), z.maximum(90));
export const lonSchema = z.number().check(z.minimum(-180), z.maximum(180));

/** A point on Earth, in degrees. */
export interface Point {
  readonly lat: number;
  readonly lon: number;
}

/** A place as a circle: the true position is expected within `radiusKm` of the point. */
export interface Circle extends Point {
  readonly radiusKm: number;
}

const EARTH_RADIUS_KM = 6_371.0088;

/** Great-circle distance in kilometers (haversine; the Earth as a sphere, wrong by 0.5 % at most). */
export function distanceKm(a: Point, b: Point): number {
  const φ1 = radians(a.lat);
  const φ2 = radians(b.lat);
  const h =
    Math.sin((φ2 - φ1) / 2) ** 2 + Math.cos(φ1) * Math.cos(φ2) * Math.sin(radians(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The least distance that two uncertain places can have, in kilometers; 0 where their circles touch. */
export function leastDistanceKm(a: Circle, b: Circle): number {
  return Math.max(0, distanceKm(a, b) - a.radiusKm - b.radiusKm);
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
