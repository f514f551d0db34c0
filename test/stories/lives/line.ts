import type { City } from './cities.ts';
import { ELSEWHERE } from './cities.ts';
import type { Random } from './random.ts';

/** A public address as the collector's intel would describe it. */
export interface Egress {
  readonly kind: 'egress';
  readonly ip: string;
  readonly networkClass: string;
  readonly [field: string]: unknown;
}

/** How many kilometers a database puts an address from where it is: half the median, quartile and so on of two of them. */
const ERROR_KM = [
  [0.5, 14],
  [0.75, 149],
  [0.9, 547],
  [0.95, 1_123],
  [1, 2_993],
] as const;

/** Two databases disagree on the country of 5.5 % of addresses; either of them is the wrong one as often. */
const COUNTRY_WRONG = 0.0275;
/** Both name the same wrong country for one in ten of those. */
const BOTH_WRONG = 0.1;

/** As `server/intel` gives where no database states a radius. */
const RADIUS_KM = 275;

const addresses = ['192.0.2', '198.51.100', '203.0.113'] as const;

/** An address in a city, with the errors that databases really make. */
export function lineIn(city: City, random: Random, networkClass = 'residential'): Egress {
  const ip = `${random.pick(addresses)}.${random.int(1, 254)}`;
  const network = { asn: random.int(64_496, 64_511), org: `Example ${networkClass}`, networkClass };
  if (networkClass === 'residential' && random.chance(COUNTRY_WRONG)) {
    const wrong = random.pick(ELSEWHERE).country;
    if (!random.chance(BOTH_WRONG))
      return { kind: 'egress', ip, country: city.country, disputed: true, ...network };
    return { kind: 'egress', ip, country: wrong, ...network };
  }
  const { lat, lon } = displaced(city, random);
  return {
    kind: 'egress',
    ip,
    country: city.country,
    city: city.name,
    lat,
    lon,
    radiusKm: RADIUS_KM,
    ...network,
  };
}

function displaced({ lat, lon }: City, random: Random): { readonly lat: number; readonly lon: number } {
  const quantile = random.next();
  const [, most] = ERROR_KM.find(([share]) => quantile <= share) ?? [1, 14];
  const km = (most / 2) * random.next();
  const angle = 2 * Math.PI * random.next();
  const north = (km * Math.cos(angle)) / 111.2;
  const east = (km * Math.sin(angle)) / (111.2 * Math.cos((lat * Math.PI) / 180));
  return { lat: rounded(Math.max(-89, Math.min(89, lat + north))), lon: rounded(wrapped(lon + east)) };
}

function wrapped(lon: number): number {
  return ((lon + 540) % 360) - 180;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
