import * as z from 'zod';
import { leastDistanceKm, type Point } from '../../../shared/geo.ts';
import { DAY, HOUR, type Instant, instant, MINUTE, millis } from '../../../shared/time.ts';
import { joined, spread } from '../periods.ts';
import { defineRule, type Match } from '../rule.ts';
import type { ContractorTimeline, Endpoint } from '../timeline.ts';
import { concernsOf, countryAt, type Egress, placeText, pointAt } from '../whereabouts.ts';
import { declared, during, listed } from '../wording.ts';

const HOME = { lat: 41.88, lon: -87.63 };
const ADA = { contractor: { id: 'ada', countries: ['US'], home: HOME } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const NEAR = { country: 'US', city: 'Chicago', ...HOME, radiusKm: 50 };
const BOSTON = { country: 'US', city: 'Boston', lat: 42.36, lon: -71.06, radiusKm: 50 };
const DETROIT = { country: 'US', city: 'Detroit', lat: 42.33, lon: -83.05, radiusKm: 50 };
const checkIn = (day: number, place: object, networkClass = 'residential') => [
  {
    at: `2026-03-0${day}T15:00:00.000Z`,
    endpoint: 'laptop-1',
    began: { kind: 'egress', ip: '198.51.100.7', networkClass, ...place },
  },
  {
    at: `2026-03-0${day}T18:00:00.000Z`,
    endpoint: 'laptop-1',
    ended: { kind: 'egress', ip: '198.51.100.7' },
  },
];
const thrice = (place: object, networkClass?: string) =>
  [2, 3, 4].flatMap((day) => checkIn(day, place, networkClass));

/** Reconnecting within this time is one check-in; a connection that lasts is another one with each day. */
const BREAK = 10 * MINUTE;
/** An agent enrolls by connecting, so its first check-in comes at once. */
const ENROLLING = HOUR;

export const firstSeenElsewhere = defineRule({
  id: 'first-seen-elsewhere',
  title: 'A new endpoint was first seen far from where it was sent to',
  scope: 'contractor',
  family: 'egress',
  severity: 'high',
  advisories: ['us-2022-hr-6', 'us-rok-2023-7', 'fbi-2025-7', 'fbi-2024-1'],
  attack: ['T1199'],
  watches: ['egress'],
  contradicts: ['shipTo', 'home', 'countries'],
  settings: z.strictObject({
    checkIns: z
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe(
        'All of the first so many check-ins have to be elsewhere; machines are often set up on the way.',
      ),
    km: z
      .number()
      .min(10)
      .max(5_000)
      .default(100)
      .describe('Farther than this from both ship-to and home, radius left out, is elsewhere.'),
    surelyKm: z
      .number()
      .min(10)
      .max(20_000)
      .default(500)
      .describe(
        'Within a declared country the finding is high from this distance on and medium below, since databases err.',
      ),
  }),
  falsePositives: [
    'A depot that sets machines up and connects them more often than that: enroll them when they arrive.',
    'A journey in the first days: an exception for this rule and the time.',
    'A database that places the home line far away; one address in twenty is off by hundreds of kilometers.',
    'A new home that was not yet declared.',
  ],
  blindSpots: [
    'A machine behind a VPN, relay, satellite or the like: such an address is no point, so nothing is judged.',
    'A laptop farm at the declared address.',
    'Contractors who declared neither home, ship-to place nor countries, and endpoints enrolled before the look-back window.',
  ],
  triage: [
    'Compare with what the carrier says of the delivery, and who signed for it.',
    'Ask the contractor to confirm where the machine stands.',
    'See whether other contractors connect from that address.',
  ],
  evaluate(timeline, settings) {
    const byEndpoint = Map.groupBy(timeline.spans('egress'), ({ endpoint }) => endpoint);
    return timeline.endpoints.flatMap((endpoint) =>
      judged(timeline, endpoint, { ...settings, spans: byEndpoint.get(endpoint.id) ?? [] }),
    );
  },
  examples: [
    {
      name: 'Sent to one city, seen three times in another',
      story: [ADA, LAPTOP, ...thrice(BOSTON)],
      expect: [{ subject: 'ada', key: 'laptop-1', severity: 'high' }],
    },
    {
      name: 'Seen three times in another country',
      story: [ADA, LAPTOP, ...thrice({ country: 'PL' })],
      expect: [{ key: 'laptop-1', severity: 'high' }],
    },
    {
      name: 'Seen three times at a distance that databases err by',
      story: [ADA, LAPTOP, ...thrice(DETROIT)],
      expect: [{ key: 'laptop-1', severity: 'medium' }],
    },
    {
      name: 'A connection elsewhere that lasts for days',
      story: [ADA, LAPTOP, ...checkIn(2, BOSTON).slice(0, 1), { now: '2026-03-04T16:00:00.000Z' }],
      expect: [{ key: 'laptop-1', severity: 'high' }],
    },
    {
      name: 'Set up on the way, then at home',
      story: [ADA, LAPTOP, ...checkIn(2, BOSTON), ...checkIn(3, BOSTON), ...checkIn(4, NEAR)],
      expect: [],
    },
    {
      name: 'Sent to the office where it is seen',
      story: [
        { contractor: { id: 'ada', countries: ['US'], home: HOME, shipTo: { lat: 42.36, lon: -71.06 } } },
        LAPTOP,
        ...thrice(BOSTON),
      ],
      expect: [],
    },
    {
      name: 'Only two check-ins so far',
      story: [ADA, LAPTOP, ...checkIn(2, BOSTON), ...checkIn(3, BOSTON)],
      expect: [],
    },
    {
      name: 'Behind a VPN exit elsewhere',
      story: [ADA, LAPTOP, ...thrice(BOSTON, 'vpn')],
      expect: [],
    },
    {
      name: 'An endpoint enrolled long before',
      story: [
        ADA,
        { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-01-02T14:00:00.000Z' } },
        ...thrice(BOSTON),
      ],
      expect: [],
    },
  ],
});

interface Measure {
  readonly checkIns: number;
  readonly km: number;
  readonly surelyKm: number;
  readonly spans: readonly Egress[];
}

function judged(timeline: ContractorTimeline, endpoint: Endpoint, measure: Measure): readonly Match[] {
  const [first] = measure.spans;
  if (!first || !isNew(endpoint, { since: timeline.since, first })) return [];
  const firsts = firstCheckIns(measure.spans, measure.checkIns, timeline.now);
  if (!firsts) return [];
  const distances = firsts.spans.map((span) => elsewhere(span, timeline, measure.km));
  if (!distances.every((distance) => distance !== undefined)) return [];
  const { countries, home, shipTo } = timeline.contractor.declaration ?? {};
  const abroad = distances.includes('abroad');
  const least = Math.min(
    ...distances.map((distance) => (distance === 'abroad' ? Number.POSITIVE_INFINITY : distance)),
  );
  const places = [...new Set(firsts.spans.map(({ fact }) => placeText(fact)))].toSorted();
  // From enrollment to the last check-in that counts, so that the finding outlives the moment when the first of them leaves the window.
  const period = { from: endpoint.enrolledAt, to: firsts.until };
  return [
    {
      key: endpoint.id,
      severity: abroad || least >= measure.surelyKm ? 'high' : 'medium',
      reason: `${endpoint.id} was first seen in ${listed(places)} ${during({ from: first.from, to: firsts.until })}, ${abroad ? `and declared were ${declared(countries)}` : `at least ${Math.round(least)} km from home and ship-to place`}.`,
      arithmetic: [
        { label: 'enrolled', value: endpoint.enrolledAt.slice(0, 16).replace('T', ' ') },
        { label: 'declared countries', value: declared(countries) },
        { label: 'declared home', value: home ? pointText(home) : 'none' },
        { label: 'declared ship-to place', value: shipTo ? pointText(shipTo) : 'none' },
        { label: 'seen in', value: listed(places) },
        {
          label: 'distance',
          value: `${Number.isFinite(least) ? `at least ${Math.round(least)} km` : 'another country'}; more than ${measure.km} km count`,
        },
        { label: 'check-ins elsewhere', value: `all of the first ${measure.checkIns}` },
      ],
      spans: firsts.spans.map(({ id }) => id),
      ...period,
      ...(firsts.until > timeline.now && { holdsFrom: firsts.until }),
      concerns: concernsOf(firsts.spans),
    },
  ];
}

/** Whether the first span that is there is the first that ever was. */
function isNew(
  { enrolledAt }: Endpoint,
  { since, first }: { readonly since: Instant; readonly first: Egress },
): boolean {
  return enrolledAt >= since || (first.from >= since && millis(first.from) - millis(enrolledAt) <= ENROLLING);
}

/** The spans of the first check-ins up to the beginning of the last of them, which may be to come. Undefined while there are too few. */
function firstCheckIns(
  spans: readonly Egress[],
  count: number,
  now: Instant,
): { readonly spans: readonly Egress[]; readonly until: Instant } | undefined {
  let missing = count;
  for (const run of joined(spans, BREAK)) {
    const period = spread(run);
    if (!period) continue;
    const days = Math.floor((millis(period.to ?? now) - millis(period.from)) / DAY);
    if (missing <= days + 1 || period.to === undefined) {
      const until = instant(millis(period.from) + (missing - 1) * DAY);
      return { until, spans: spans.filter(({ from }) => from <= until) };
    }
    missing -= days + 1;
  }
  return undefined;
}

/** How far from everything declared an address is at least, if it is elsewhere. Undefined where it is near or cannot be told. */
function elsewhere(
  { fact }: Egress,
  timeline: ContractorTimeline,
  km: number,
): number | 'abroad' | undefined {
  const { countries, home, shipTo } = timeline.contractor.declaration ?? {};
  const point = pointAt(fact);
  const declaredPoints = [home, shipTo].filter((place) => place !== undefined);
  const least = point
    ? Math.min(...declaredPoints.map((place) => leastDistanceKm(point, { ...place, radiusKm: 0 })))
    : Number.POSITIVE_INFINITY;
  if (least <= km) return undefined;
  const country = countryAt(fact);
  if (country !== undefined && countries && !countries.includes(country)) return 'abroad';
  return Number.isFinite(least) ? least : undefined;
}

function pointText({ lat, lon }: Point): string {
  return `${lat.toFixed(1)}, ${lon.toFixed(1)}`;
}
