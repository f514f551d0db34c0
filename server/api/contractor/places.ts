import type { ContractorPlaces, ObservedPlace, Position } from '../../../shared/api/timeline.ts';
import { type Instant, millis } from '../../../shared/time.ts';
import { earlier, later } from '../../detect/periods.ts';
import type { ContractorTimeline } from '../../detect/timeline.ts';
import { type Egress, isExit, pointAt } from '../../detect/whereabouts.ts';

const MOST_PLACES = 200;
const MOST_MOVES = 200;

/** Where a contractor's machines spoke from in a range, beside what was declared. */
export function placesIn(
  timeline: ContractorTimeline,
  { from, to }: { readonly from: Instant; readonly to: Instant },
): ContractorPlaces {
  const stays = timeline
    .spans('egress')
    .filter((stay) => stay.from < to && (stay.to === undefined || stay.to > from));
  const places = [...Map.groupBy(stays, placeKey)]
    .map(([key, own]) => ({ key, place: placeOf(own, { from, to, now: timeline.now }) }))
    .toSorted((a, b) => b.place.ms - a.place.ms);
  const shown = places.slice(0, MOST_PLACES);
  const {
    countries = [],
    home = null,
    shipTo = null,
    sharedSite = null,
  } = timeline.contractor.declaration ?? {};
  return {
    from,
    to,
    observed: shown.map(({ place }) => place),
    more: places.length - shown.length,
    declared: { countries: [...countries], home, shipTo, sharedSite },
    moves: movesBetween(stays, new Map(shown.map(({ key }, index) => [key, index]))),
  };
}

/** An address that databases put elsewhere later on is another place. */
function placeKey({ fact: { ip, lat, lon, country } }: Egress): string {
  return [ip, lat, lon, country].join('|');
}

interface Window {
  readonly from: Instant;
  readonly to: Instant;
  readonly now: Instant;
}

function placeOf(stays: readonly Egress[], window: Window): ObservedPlace {
  const latest = stays.reduce((a, b) => (a.from >= b.from ? a : b));
  const { ip, country, city, org, asn, networkClass, lat, lon, radiusKm } = latest.fact;
  const goesOn = stays.some((stay) => stay.to === undefined);
  return {
    ip,
    networkClass,
    ...(country !== undefined && { country }),
    ...(city !== undefined && { city }),
    ...(org !== undefined && { org }),
    ...(asn !== undefined && { asn }),
    ...(lat !== undefined && { lat }),
    ...(lon !== undefined && { lon }),
    ...(radiusKm !== undefined && { radiusKm }),
    position: positionOf(latest),
    stays: stays.length,
    ms: stays.reduce((sum, stay) => sum + lengthIn(stay, window), 0),
    firstAt: stays.reduce((first, stay) => earlier(first, stay.from), latest.from),
    lastAt: goesOn ? null : stays.reduce((last, { to = last }) => later(last, to), latest.from),
    endpoints: [...new Set(stays.map(({ endpoint }) => endpoint))].toSorted(),
  };
}

function positionOf({ fact }: Egress): Position {
  if (isExit(fact)) return 'exit';
  if (fact.disputed) return 'disputed';
  if (fact.lat === undefined || fact.lon === undefined) return 'unknown';
  if (fact.networkClass === 'mobile') return 'mobile';
  return pointAt(fact) ? 'usable' : 'too-wide';
}

function lengthIn({ from, to }: Egress, window: Window): number {
  const start = Math.max(millis(from), millis(window.from));
  const end = Math.min(millis(to ?? window.now), millis(window.to));
  return Math.max(0, end - start);
}

/** Machines move by themselves, so each one's stays are followed on their own. */
function movesBetween(
  stays: readonly Egress[],
  indexOf: ReadonlyMap<string, number>,
): ContractorPlaces['moves'] {
  const moves = [...Map.groupBy(stays, ({ endpoint }) => endpoint).values()].flatMap((own) => {
    let before: number | undefined;
    return own.flatMap((stay) => {
      const here = indexOf.get(placeKey(stay));
      const left = before;
      before = here ?? before;
      if (here === undefined || left === undefined || left === here) return [];
      return [{ at: stay.from, from: left, to: here }];
    });
  });
  return moves.toSorted((a, b) => (a.at < b.at ? -1 : 1)).slice(-MOST_MOVES);
}
