import * as z from 'zod';
import { countrySchema, leastDistanceKm } from '../../../shared/geo.ts';
import { instant, MINUTE, millis } from '../../../shared/time.ts';
import { spread, totalMs } from '../periods.ts';
import { defineRule, type Match } from '../rule.ts';
import type { ContractorTimeline } from '../timeline.ts';
import { addressesOf, type Egress, isExit } from '../whereabouts.ts';
import { declared, during, endpointsOf, lengthOf, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const from = (at: string, egress: object) => ({
  at,
  endpoint: 'laptop-1',
  began: { kind: 'egress', ip: '198.51.100.7', networkClass: 'residential', ...egress },
});
const untilThree = (ip = '198.51.100.7') => ({
  at: '2026-03-03T15:00:00.000Z',
  endpoint: 'laptop-1',
  ended: { kind: 'egress', ip },
});

export const undeclaredCountry = defineRule({
  id: 'undeclared-country',
  title: 'Connected from a country that was not declared',
  scope: 'contractor',
  family: 'egress',
  severity: 'high',
  advisories: [
    'us-2022-hr-2',
    'us-rok-2023-mitigation-4',
    'joint-2026-1',
    'mandiant-2025-vpn-drop',
    'japan-2025-1',
  ],
  attack: ['T1078'],
  watches: ['egress'],
  contradicts: ['countries', 'home'],
  settings: z.strictObject({
    checkIns: z.int().min(1).max(100).default(2).describe('As many connections from the country count …'),
    minutes: z.int().min(0).max(10_080).default(30).describe('… or as many minutes in all.'),
    borderKm: z
      .number()
      .min(0)
      .max(1_000)
      .default(50)
      .describe(
        'An address whose circle comes this close to the declared home is information only: databases err at borders.',
      ),
    sanctioned: z
      .array(countrySchema)
      .max(50)
      .default(['KP'])
      .describe(
        'Egress from here is critical at once, whatever was declared, because of sanctions routing. Kept by legal counsel; about egress locations only, the same for every contractor.',
      ),
  }),
  falsePositives: [
    'A journey that was agreed to: add an exception for the country and the time.',
    'A database that places the address in the wrong country, above all near borders and on mobile networks abroad.',
    'The organization’s own network comes out abroad: mark it as corporate in the overrides.',
  ],
  blindSpots: [
    'A laptop farm: the issued machine really is in the declared country, and the far hand is elsewhere.',
    'Someone abroad behind a VPN or residential proxy that comes out in a declared country.',
    'Contractors who declared no country.',
  ],
  triage: [
    'Ask whether the contractor is traveling, and since when.',
    'Compare time zone, latency and network class before and after the change of country.',
    'For a VPN or hosting exit, judge the VPN rather than the country.',
  ],
  evaluate(timeline, settings) {
    const { countries } = timeline.contractor.declaration ?? {};
    const seen = timeline
      .spans('egress')
      .filter(({ fact }) => fact.country !== undefined && fact.networkClass !== 'corporate');
    return [...Map.groupBy(seen, ({ fact }) => fact.country ?? '')].flatMap(([country, spans]) => {
      const sanctioned = settings.sanctioned.includes(country);
      if (!sanctioned && (countries === undefined || countries.includes(country))) return [];
      const period = spread(spans);
      const judged = sanctioned ? { severity: 'critical' as const } : weighed(spans, timeline, settings);
      if (!period || !judged) return [];
      const why = sanctioned
        ? ', which counts because of sanctions routing'
        : `, and declared were ${declared(countries)}`;
      return [
        {
          key: country,
          ...judged,
          reason: `${listed(endpointsOf(spans))} connected from ${country} ${during(period)}${why}.`,
          arithmetic: [
            { label: 'declared countries', value: declared(countries) },
            { label: 'observed country', value: country },
            { label: 'network classes', value: classesOf(spans) },
            {
              label: 'check-ins',
              value: `${spans.length} of at least ${sanctioned ? 1 : settings.checkIns}`,
            },
            {
              label: 'in all',
              value: `${lengthOf(spans, timeline.now)} of at least ${sanctioned ? 0 : settings.minutes} min`,
            },
            { label: 'addresses', value: listed(addressesOf(spans)) },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
          concerns: { country, addresses: addressesOf(spans) },
        },
      ];
    });
  },
  examples: [
    {
      name: 'An hour from another country',
      story: [ADA, LAPTOP, from('2026-03-03T14:00:00.000Z', { country: 'PL' }), untilThree()],
      expect: [{ subject: 'ada', key: 'PL', severity: 'high' }],
    },
    {
      name: 'An hour through a VPN that comes out in another country',
      story: [
        ADA,
        LAPTOP,
        from('2026-03-03T14:00:00.000Z', { country: 'PL', networkClass: 'vpn' }),
        untilThree(),
      ],
      expect: [{ key: 'PL', severity: 'low' }],
    },
    {
      name: 'Just across the border from the declared home',
      story: [
        { contractor: { id: 'ada', countries: ['US'], home: { lat: 42.33, lon: -83.05 } } },
        LAPTOP,
        from('2026-03-03T14:00:00.000Z', { country: 'CA', lat: 42.31, lon: -83.04, radiusKm: 20 }),
        untilThree(),
      ],
      expect: [{ key: 'CA', severity: 'info' }],
    },
    {
      name: 'One connection from a sanctioned country',
      story: [
        ADA,
        LAPTOP,
        from('2026-03-03T14:55:00.000Z', { country: 'KP', networkClass: 'unknown' }),
        untilThree(),
      ],
      expect: [{ key: 'KP', severity: 'critical' }],
    },
    {
      name: 'A single short connection',
      story: [ADA, LAPTOP, from('2026-03-03T14:50:00.000Z', { country: 'PL' }), untilThree()],
      expect: [],
    },
    {
      name: 'The declared country',
      story: [ADA, LAPTOP, from('2026-03-03T14:00:00.000Z', { country: 'US' }), untilThree()],
      expect: [],
    },
  ],
});

interface Measure {
  readonly checkIns: number;
  readonly minutes: number;
  readonly borderKm: number;
}

/** High when ordinary networks alone suffice, low with exits of VPNs and the like, information when all is close to home. */
function weighed(
  spans: readonly Egress[],
  timeline: ContractorTimeline,
  measure: Measure,
): Pick<Match, 'severity' | 'holdsFrom'> | undefined {
  const far = spans.filter((span) => !closeToHome(span, timeline, measure.borderKm));
  const strong = far.filter(({ fact }) => !isExit(fact));
  const steps = [
    { severity: 'high', of: strong },
    { severity: 'low', of: far },
    { severity: 'info', of: spans },
  ] as const;
  const missingMs = (of: readonly Egress[]) => measure.minutes * MINUTE - totalMs(of, timeline.now);
  const holds = steps.find(
    ({ of }) => of.length >= measure.checkIns || (of.length > 0 && missingMs(of) <= 0),
  );
  if (holds) return { severity: holds.severity };
  const going = steps.find(({ of }) => of.some(({ to }) => to === undefined));
  if (!going) return undefined;
  return { severity: going.severity, holdsFrom: instant(millis(timeline.now) + missingMs(going.of)) };
}

function closeToHome({ fact }: Egress, timeline: ContractorTimeline, borderKm: number): boolean {
  const home = timeline.contractor.declaration?.home;
  if (!home || fact.lat === undefined || fact.lon === undefined) return false;
  const seen = { lat: fact.lat, lon: fact.lon, radiusKm: fact.radiusKm ?? 0 };
  return leastDistanceKm(seen, { ...home, radiusKm: 0 }) <= borderKm;
}

function classesOf(spans: readonly Egress[]): string {
  return [...new Set(spans.map(({ fact }) => fact.networkClass))].toSorted().join(', ');
}
