import * as z from 'zod';
import { distanceKm, leastDistanceKm } from '../../../shared/geo.ts';
import { HOUR, instant, MINUTE } from '../../../shared/time.ts';
import { acrossEndpoints, fixesOf, type Move, withinEndpoints } from '../moves.ts';
import { spread } from '../periods.ts';
import { defineRule, type Match } from '../rule.ts';
import { concernsOf, type Egress, placeText } from '../whereabouts.ts';
import { during, endpointsOf, length, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US', 'CN'] } };
const laptop = (id: string) => ({
  endpoint: { id, contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' },
});
const CHICAGO = { ip: '198.51.100.7', country: 'US', city: 'Chicago', lat: 41.88, lon: -87.63, asn: 64_500 };
const SHENYANG = { ip: '203.0.113.9', country: 'CN', city: 'Shenyang', lat: 41.8, lon: 123.43, asn: 64_501 };
const MIAMI = { ip: '203.0.113.70', country: 'US', city: 'Miami', lat: 25.77, lon: -80.19, asn: 64_500 };
const seen = (endpoint: string, [from, to]: readonly [string, string], egress: { readonly ip: string }) => [
  {
    at: `2026-03-03T${from}:00.000Z`,
    endpoint,
    began: { kind: 'egress', networkClass: 'residential', radiusKm: 50, ...egress },
  },
  { at: `2026-03-03T${to}:00.000Z`, endpoint, ended: { kind: 'egress', ip: egress.ip } },
];
const used = (endpoint: string, hour: string) => ({
  at: `2026-03-03T${hour}:59:59.000Z`,
  endpoint,
  noted: { kind: 'activity', hour: `2026-03-03T${hour}:00:00.000Z`, local: 40, remote: 0, locked: 0 },
});

export const impossibleTravel = defineRule({
  id: 'impossible-travel',
  title: 'Connected from two places farther apart than anybody could travel in the time',
  scope: 'contractor',
  family: 'egress',
  severity: 'high',
  advisories: ['us-2022-platform-1', 'fbi-2025-3'],
  attack: ['T1078.004'],
  watches: ['egress'],
  reads: ['activity'],
  contradicts: ['home'],
  settings: z.strictObject({
    kmPerHour: z
      .number()
      .min(100)
      .max(10_000)
      .default(900)
      .describe('Faster than this is impossible; the speed is the least that the uncertain places allow.'),
    leastKm: z
      .number()
      .min(0)
      .max(20_000)
      .default(500)
      .describe('Places closer than this are never compared, since databases err by as much.'),
  }),
  falsePositives: [
    'A database that puts one of the two addresses far away; two addresses of one provider in one country are only medium for that reason.',
    'A VPN or proxy that no list knows was switched on or off.',
    'Somebody else in the household used a second machine of the contractor.',
  ],
  blindSpots: [
    'VPN, hosting, Tor, relay, satellite, corporate, mobile and anycast addresses, disputed ones, and those placed in the middle of a country are no points to compare.',
    'Whoever waits as long as a flight would take.',
    'Two places within a few hundred kilometers.',
  ],
  triage: [
    'Check both addresses in another database before anything else.',
    'See whether a VPN or proxy ran at one of the two moments.',
    'Ask who used the machine at either moment; on two machines, who has the other one.',
  ],
  evaluate(timeline, settings) {
    const fixes = fixesOf(timeline);
    const journeys = [...withinEndpoints(fixes), ...acrossEndpoints(fixes, timeline)].flatMap(
      (move) => journeyOf(move, settings) ?? [],
    );
    return [...Map.groupBy(journeys, ({ key }) => key)].flatMap(([key, found]) =>
      matchOf(key, found, settings),
    );
  },
  examples: [
    {
      name: 'Another continent forty minutes later',
      story: [
        ADA,
        laptop('laptop-1'),
        ...seen('laptop-1', ['14:00', '16:00'], CHICAGO),
        ...seen('laptop-1', ['16:40', '17:30'], SHENYANG),
      ],
      expect: [{ subject: 'ada', key: 'CN – US', severity: 'high' }],
    },
    {
      name: 'Two machines used on two continents within an hour',
      story: [
        ADA,
        laptop('laptop-1'),
        laptop('laptop-2'),
        ...seen('laptop-1', ['14:00', '18:00'], CHICAGO),
        ...seen('laptop-2', ['14:00', '18:00'], SHENYANG),
        used('laptop-1', '15'),
        used('laptop-2', '16'),
      ],
      expect: [{ key: 'CN – US', severity: 'high' }],
    },
    {
      name: 'Two addresses of one provider, far apart in one country',
      story: [
        ADA,
        laptop('laptop-1'),
        ...seen('laptop-1', ['14:00', '16:00'], CHICAGO),
        ...seen('laptop-1', ['16:10', '17:30'], MIAMI),
      ],
      expect: [{ key: 'US Chicago – US Miami', severity: 'medium' }],
    },
    {
      name: 'Another continent after a flight of fifteen hours',
      story: [
        ADA,
        laptop('laptop-1'),
        ...seen('laptop-1', ['01:00', '03:00'], CHICAGO),
        ...seen('laptop-1', ['18:00', '19:30'], SHENYANG),
      ],
      expect: [],
    },
    {
      name: 'A VPN exit, a relay and a mobile gateway far away',
      story: [
        ADA,
        laptop('laptop-1'),
        ...seen('laptop-1', ['14:00', '15:00'], CHICAGO),
        ...['vpn', 'relay', 'mobile'].flatMap((networkClass, index) =>
          seen('laptop-1', [`15:1${index}`, `15:1${index}`], { ...SHENYANG, ...{ networkClass } }),
        ),
        ...seen('laptop-1', ['15:30', '16:00'], CHICAGO),
      ],
      expect: [],
    },
    {
      name: 'Circles that leave the distance open',
      story: [
        ADA,
        laptop('laptop-1'),
        ...seen('laptop-1', ['14:00', '16:00'], { ...CHICAGO, ...{ radiusKm: 275, asn: 64_502 } }),
        ...seen('laptop-1', ['16:40', '17:30'], { ...CHICAGO, ...{ lat: 33.45, radiusKm: 275 } }),
      ],
      expect: [],
    },
    {
      name: 'A machine that was left on at home while the other one went along',
      story: [
        ADA,
        laptop('laptop-1'),
        laptop('laptop-2'),
        ...seen('laptop-1', ['00:00', '23:00'], CHICAGO),
        ...seen('laptop-2', ['20:00', '22:00'], SHENYANG),
        used('laptop-1', '01'),
        used('laptop-2', '20'),
      ],
      expect: [],
    },
  ],
});

interface Journey extends Move {
  readonly key: string;
  readonly km: number;
  readonly kmPerHour: number;
  readonly ms: number;
  readonly from: string;
  readonly to: string;
}

interface Measure {
  readonly kmPerHour: number;
  readonly leastKm: number;
}

function journeyOf(move: Move, { kmPerHour, leastKm }: Measure): Journey | undefined {
  const { before, after } = move;
  const km = leastDistanceKm(before.at, after.at);
  if (km < leastKm) return undefined;
  // Who was at both at once traveled in no time; a minute keeps the speed a number.
  const ms = Math.max(MINUTE, after.since - before.until);
  const speed = (km * HOUR) / ms;
  if (speed <= kmPerHour) return undefined;
  const departed = Math.min(before.until, after.since);
  return {
    ...move,
    ...{ km, ms, kmPerHour: speed, key: keyOf(before.span, after.span) },
    ...{ from: instant(departed), to: instant(after.since) },
  };
}

/** One finding for two countries, or for two cities of one. */
function keyOf(a: Egress, b: Egress): string {
  const abroad = a.fact.country !== b.fact.country;
  const nameOf = ({ fact }: Egress) => (abroad ? (fact.country ?? 'not known') : placeText(fact));
  return [nameOf(a), nameOf(b)].toSorted().join(' – ');
}

function matchOf(key: string, journeys: readonly Journey[], measure: Measure): readonly Match[] {
  const [fastest] = journeys.toSorted((a, b) => b.kmPerHour - a.kmPerHour || (a.to < b.to ? -1 : 1));
  const period = spread(journeys);
  if (!fastest || !period) return [];
  const { before, after, km, ms, kmPerHour } = fastest;
  const spans = [...new Set(journeys.flatMap((journey) => [journey.before.span, journey.after.span]))];
  const rounded = (value: number) => Math.round(value);
  return [
    {
      key,
      severity: journeys.every(isOneProvider) ? 'medium' : 'high',
      reason: `${listed(endpointsOf(spans))} connected from ${placeText(before.span.fact)} and from ${placeText(after.span.fact)} ${during(period)}: at least ${rounded(km)} km in ${length(ms)}, ${rounded(kmPerHour)} km/h.`,
      arithmetic: [
        {
          label: 'distance',
          value: `${rounded(distanceKm(before.at, after.at))} km between the middles of both circles`,
        },
        {
          label: 'at least',
          value: `${rounded(km)} km without the radii of ${rounded(before.at.radiusKm)} and ${rounded(after.at.radiusKm)} km; ${measure.leastKm} km count`,
        },
        { label: 'time between', value: length(ms) },
        {
          label: 'speed',
          value: `at least ${rounded(kmPerHour)} km/h; more than ${measure.kmPerHour} count`,
        },
        { label: 'journeys', value: `${journeys.length}; the fastest is reckoned here` },
        {
          label: 'network classes',
          value: listed([...new Set(spans.map(({ fact }) => fact.networkClass))].toSorted()),
        },
      ],
      spans: spans.map(({ id }) => id),
      ...period,
      concerns: concernsOf(spans),
    },
  ];
}

/** Providers move addresses about a country faster than databases learn of it. */
function isOneProvider({ before, after }: Move): boolean {
  const [a, b] = [before.span.fact, after.span.fact];
  return a.asn !== undefined && a.asn === b.asn && a.country === b.country;
}
