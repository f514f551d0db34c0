import * as z from 'zod';
import {
  type Circle,
  farthestKm,
  latSchema,
  leastDistanceKm,
  lonSchema,
  type Point,
} from '../../../shared/geo.ts';
import { HOUR, type Instant, instant, millis } from '../../../shared/time.ts';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { ContractorTimeline, Span } from '../timeline.ts';
import { concernsOf, type Egress, placeText, pointAt } from '../whereabouts.ts';
import { during } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const CHICAGO = {
  kind: 'egress',
  ip: '198.51.100.7',
  ...{ country: 'US', city: 'Chicago', lat: 41.88, lon: -87.63, radiusKm: 50, networkClass: 'residential' },
};
const connected = (egress: object = CHICAGO) => ({
  at: '2026-03-03T14:00:00.000Z',
  endpoint: 'laptop-1',
  began: egress,
});
const roundTrips = (minMs: number) =>
  ['15', '16', '17'].map((hour) => ({
    at: `2026-03-03T${hour}:59:59.000Z`,
    endpoint: 'laptop-1',
    noted: {
      kind: 'latency',
      hour: `2026-03-03T${hour}:00:00.000Z`,
      ...{ minMs, medianMs: minMs + 5, count: 100 },
    },
  }));
const FRANKFURT = { collector: { lat: 50.11, lon: 8.68 } };
const NOW = { now: '2026-03-03T18:30:00.000Z' };

export const latencyContradiction = defineRule({
  id: 'latency-contradiction',
  title: 'Answers came quicker than light travels to where the address is said to be',
  scope: 'contractor',
  family: 'egress',
  severity: 'medium',
  advisories: ['us-2022-body-1', 'fbi-2026-1'],
  attack: ['T1090.002'],
  watches: ['egress', 'latency'],
  contradicts: ['countries', 'home'],
  settings: z.strictObject({
    collector: z
      .strictObject({ lat: latSchema, lon: lonSchema })
      .optional()
      .describe(
        'Where the collector stands, in degrees; `place` of the configuration when left out. Without either nothing is judged, and with collectors in several places nothing should be.',
      ),
    hours: z.int().min(1).max(100).default(2).describe('In so many hours the answers have to be too quick.'),
  }),
  falsePositives: [
    'A database that places the address far from where it is: by far the most frequent reason.',
    'A wrong place of the collector, or a load balancer that answers in the endpoint’s place.',
  ],
  blindSpots: [
    'Slow answers prove nothing: a detour, a VPN or a busy line delays whoever is near.',
    'Whoever is farther from the collector than the claimed place is never seen.',
    'VPN, hosting, Tor, relay, satellite, corporate and mobile addresses claim no place.',
  ],
  triage: [
    'Check the address in another database, and mend it in the overrides if that one is right.',
    'See what else came from within the distance that the round trip allows.',
    'Use it beside other findings: alone it says that a place is wrong, not who is there.',
  ],
  evaluate(timeline, settings) {
    const { collector } = settings;
    if (!collector) return [];
    const egress = Map.groupBy(timeline.spans('egress'), ({ endpoint }) => endpoint);
    const latency = Map.groupBy(timeline.spans('latency'), ({ endpoint }) => endpoint);
    const tooQuick = [...latency].flatMap(([endpoint, measured]) =>
      contradictions(egress.get(endpoint) ?? [], { measured, collector, timeline }),
    );
    const byPlace = Map.groupBy(
      tooQuick,
      ({ measured, claim }) => `${measured.endpoint}:${placeText(claim.fact)}`,
    );
    return [...byPlace].flatMap(([key, found]) => {
      const hours = found.map(({ measured }) => hourOf(measured));
      const period = spread(hours);
      const [clearest] = found.toSorted((a, b) => b.km - b.reachKm - (a.km - a.reachKm));
      if (!period || !clearest || found.length < settings.hours) return [];
      const { measured, claim, km, reachKm } = clearest;
      const claims = [...new Set(found.map((one) => one.claim))];
      return [
        {
          key,
          reason: `${measured.endpoint} is said to be in ${placeText(claim.fact)} ${during(period)}, at least ${Math.round(km)} km away, and answered within ${round(measured.fact.minMs)} ms, which allows ${Math.round(reachKm)} km.`,
          arithmetic: [
            { label: 'claimed place', value: `${placeText(claim.fact)}, ${claim.fact.ip}` },
            { label: 'distance', value: `at least ${Math.round(km)} km, radius left out` },
            {
              label: 'least round trip',
              value: `${round(measured.fact.minMs)} ms of ${measured.fact.count}`,
            },
            {
              label: 'allows',
              value: `${Math.round(reachKm)} km: 100 km of fiber and back for each millisecond`,
            },
            { label: 'hours', value: `${found.length} of at least ${settings.hours}` },
          ],
          spans: [...claims, ...found.map((one) => one.measured)].map(({ id }) => id),
          ...period,
          concerns: concernsOf(claims),
        },
      ];
    });
  },
  examples: [
    {
      name: 'No place of the collector is known',
      story: [ADA, LAPTOP, connected(), ...roundTrips(2), NOW],
      expect: [],
    },
    {
      name: 'Seven thousand kilometers in two milliseconds',
      settings: FRANKFURT,
      story: [ADA, LAPTOP, connected(), ...roundTrips(2), NOW],
      expect: [{ subject: 'ada', key: 'laptop-1:US Chicago', severity: 'medium' }],
    },
    {
      name: 'Seven thousand kilometers in a hundred milliseconds',
      settings: FRANKFURT,
      story: [ADA, LAPTOP, connected(), ...roundTrips(100), NOW],
      expect: [],
    },
    {
      name: 'A circle that reaches as far as the round trip allows',
      settings: FRANKFURT,
      story: [ADA, LAPTOP, connected({ ...CHICAGO, radiusKm: 450 }), ...roundTrips(66), NOW],
      expect: [],
    },
    {
      name: 'The exit of a VPN, wherever it is said to be',
      settings: FRANKFURT,
      story: [ADA, LAPTOP, connected({ ...CHICAGO, networkClass: 'vpn' }), ...roundTrips(2), NOW],
      expect: [],
    },
    {
      name: 'A second address in the same hours, which may be the one that answered',
      settings: FRANKFURT,
      story: [
        ADA,
        LAPTOP,
        connected(),
        ...['15', '16', '17'].flatMap((hour) => [
          {
            ...connected({ kind: 'egress', ip: '203.0.113.9', country: 'DE' }),
            at: `2026-03-03T${hour}:10:00.000Z`,
          },
          { ...connected(), at: `2026-03-03T${hour}:20:00.000Z` },
        ]),
        ...roundTrips(2),
        NOW,
      ],
      expect: [],
    },
  ],
});

interface Contradiction {
  readonly measured: Span<'latency'>;
  /** The nearest of the places that were claimed in that hour. */
  readonly claim: Egress;
  readonly km: number;
  readonly reachKm: number;
}

interface Measured {
  readonly measured: readonly Span<'latency'>[];
  readonly collector: Point;
  readonly timeline: ContractorTimeline;
}

/** Hours in which every address that an endpoint spoke from is said to be out of reach. */
function contradictions(
  egress: readonly Egress[],
  { measured, collector, timeline }: Measured,
): readonly Contradiction[] {
  const center: Circle = { ...collector, radiusKm: 0 };
  const hours = measured.toSorted((a, b) => (a.fact.hour < b.fact.hour ? -1 : 1));
  let next = 0;
  return hours.flatMap((one) => {
    const { from, to } = hourOf(one);
    const ended = (span: Egress | undefined) => span !== undefined && (span.to ?? timeline.now) <= from;
    while (ended(egress[next])) next += 1;
    const claims: { readonly claim: Egress; readonly km: number }[] = [];
    for (let index = next; index < egress.length; index += 1) {
      const claim = egress[index];
      if (!claim || claim.from >= to) break;
      const place = pointAt(claim.fact);
      if (!place) return [];
      claims.push({ claim, km: leastDistanceKm(place, center) });
    }
    const [nearest] = claims.toSorted((a, b) => a.km - b.km);
    const reachKm = farthestKm(one.fact.minMs);
    return one.fact.count > 0 && nearest && nearest.km > reachKm
      ? [{ measured: one, ...nearest, reachKm }]
      : [];
  });
}

function hourOf({ fact }: Span<'latency'>): { readonly from: Instant; readonly to: Instant } {
  return { from: fact.hour, to: instant(millis(fact.hour) + HOUR) };
}

function round(ms: number): string {
  return ms.toFixed(1);
}
