import type { FactOf, NetworkClass } from '../../shared/facts.ts';
import type { Circle } from '../../shared/geo.ts';
import type { Span } from './timeline.ts';

export type Egress = Span<'egress'>;

/** Where such a network comes out says nothing about where its user is. */
const EXITS: readonly NetworkClass[] = ['vpn', 'hosting', 'tor', 'relay', 'satellite', 'corporate'];

/** A wider circle is the middle of a country rather than a place. */
const MOST_RADIUS_KM = 500;
/** As intel gives where no database states a radius. */
const RADIUS_KM = 275;

export function isExit({ networkClass }: Pick<FactOf<'egress'>, 'networkClass'>): boolean {
  return EXITS.includes(networkClass);
}

/** The country that an address tells of its user; undefined where the network comes out anywhere, or databases disagree. */
export function countryAt(fact: FactOf<'egress'>): string | undefined {
  return isExit(fact) || fact.disputed ? undefined : fact.country;
}

/** Where an address puts its user; undefined where that is no point to measure from. A mobile gateway serves whole countries. */
export function pointAt(fact: FactOf<'egress'>): Circle | undefined {
  const { lat, lon, radiusKm = RADIUS_KM, networkClass, disputed } = fact;
  if (isExit(fact) || disputed || networkClass === 'mobile') return undefined;
  if (lat === undefined || lon === undefined || radiusKm > MOST_RADIUS_KM) return undefined;
  return { lat, lon, radiusKm };
}

/** `US Chicago` */
export function placeText({ country, city }: FactOf<'egress'>): string {
  return [country ?? 'a country not known', city].filter((text) => text !== undefined).join(' ');
}

export function addressesOf(spans: readonly Egress[]): readonly string[] {
  return [...new Set(spans.map(({ fact }) => fact.ip))].toSorted();
}

/** What an exception would have to permit: the country only where it is the one that these have in common. */
export function concernsOf(spans: readonly Egress[]) {
  const countries = [...new Set(spans.map(({ fact }) => fact.country))];
  const [country] = countries;
  const addresses = addressesOf(spans);
  return country === undefined || countries.length > 1 ? { addresses } : { country, addresses };
}
