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

/** Light covers about 200 km of glass fiber in a millisecond, and a round trip goes there and back; in vacuum, half as much again. */
const KM_PER_ROUND_TRIP_MS = { fiber: 100, vacuum: 150 } as const;
const HALF_WAY_AROUND_KM = Math.PI * EARTH_RADIUS_KM;

/**
 * How far away a machine can be at most, in kilometers, whose quickest round trip took so long. It is an upper bound alone: real
 * paths have detours and queues, so a long round trip says nothing of a great distance. It holds for whoever answers, through any VPN
 * or proxy, since a path is never shorter than the straight line; it does not hold where something on the way answers in their place.
 * Paths by satellite or microwave are quicker than fiber: ask for `vacuum` there.
 */
export function farthestKm(minRoundTripMs: number, medium: 'fiber' | 'vacuum' = 'fiber'): number {
  return Math.min(HALF_WAY_AROUND_KM, Math.max(0, minRoundTripMs) * KM_PER_ROUND_TRIP_MS[medium]);
}

/** Whether something at `place` could have answered `from` so quickly. False means that the machine is nearer than the place. */
export function isWithinReach(
  place: Circle,
  { from, minRoundTripMs }: { readonly from: Point; readonly minRoundTripMs: number },
): boolean {
  return leastDistanceKm(place, { ...from, radiusKm: 0 }) <= farthestKm(minRoundTripMs, 'vacuum');
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
