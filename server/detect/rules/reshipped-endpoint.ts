import * as z from 'zod';
import { HOUR, instant, millis } from '../../../shared/time.ts';
import { lengthMs, spread } from '../periods.ts';
import { defineRule, type Match } from '../rule.ts';
import type { ContractorTimeline, Period, Span } from '../timeline.ts';
import { addressesOf, countryAt, type Egress } from '../whereabouts.ts';
import { declared, during, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const HOME = { ip: '198.51.100.7', country: 'US', asn: 64_500 };
const ABROAD = { ip: '203.0.113.9', country: 'PL', asn: 64_501 };
const stays = (days: readonly number[], egress: { readonly ip: string }, ms?: number) =>
  days.flatMap((day) => [
    {
      at: `2026-03-${String(day).padStart(2, '0')}T14:00:00.000Z`,
      endpoint: 'laptop-1',
      began: { kind: 'egress', networkClass: 'residential', ...egress },
    },
    ...(ms === undefined
      ? []
      : [
          {
            at: `2026-03-${String(day).padStart(2, '0')}T16:00:00.000Z`,
            endpoint: 'laptop-1',
            noted: {
              kind: 'latency',
              hour: `2026-03-${String(day).padStart(2, '0')}T15:00:00.000Z`,
              ...{ minMs: ms, medianMs: ms + 5, count: 100 },
            },
          },
        ]),
    {
      at: `2026-03-${String(day).padStart(2, '0')}T22:00:00.000Z`,
      endpoint: 'laptop-1',
      ended: { kind: 'egress', ip: egress.ip },
    },
  ]);

export const reshippedEndpoint = defineRule({
  id: 'reshipped-endpoint',
  title: 'An endpoint moved to another country and stayed there',
  scope: 'contractor',
  family: 'egress',
  severity: 'high',
  advisories: ['fbi-2024-3', 'us-rok-2023-7'],
  attack: ['T1199'],
  watches: ['egress'],
  reads: ['latency'],
  contradicts: ['countries'],
  settings: z.strictObject({
    hours: z
      .number()
      .min(1)
      .max(720)
      .default(48)
      .describe('From the first connection there to the last one at least so long.'),
    stepMs: z
      .number()
      .min(0)
      .max(2_000)
      .default(80)
      .describe(
        'The least round trip has to change by so much where it was measured before and after; where it was not, the finding is medium.',
      ),
  }),
  falsePositives: [
    'A move or a long journey that was agreed to: change the declaration or add an exception for the country.',
    'A new provider whose addresses a database places in another country; then the round trip stays as it was.',
    'A VPN on the router that no list knows.',
  ],
  blindSpots: [
    'A machine that hides behind a VPN in its new country.',
    'A move within the declared countries, or to where the round trip takes as long.',
    'A connection from the declared country now and then, which makes the stay look like short ones.',
    'What happened before the look-back window.',
  ],
  triage: [
    'Ask where the machine is and compare with what the carrier says.',
    'Look at the local network, time zone and monitors before and after.',
    'Think of recalling the machine and its access.',
  ],
  evaluate(timeline, settings) {
    const countries = timeline.contractor.declaration?.countries;
    if (!countries) return [];
    const latency = Map.groupBy(timeline.spans('latency'), ({ endpoint }) => endpoint);
    const byEndpoint = Map.groupBy(timeline.spans('egress'), ({ endpoint }) => endpoint);
    return [...byEndpoint].flatMap(([endpoint, spans]) => {
      const about: About = {
        ...settings,
        endpoint,
        countries,
        latency: latency.get(endpoint) ?? [],
        timeline,
      };
      const moves = movesOf(staysOf(spans)).flatMap((move) => judged(move, about));
      // Whoever went there twice is told of once, by the first time.
      return [...new Map(moves.toReversed().map((match) => [match.key, match])).values()];
    });
  },
  examples: [
    {
      name: 'Another country, network and round trip for five days',
      story: [ADA, LAPTOP, ...stays([3, 4], HOME, 25), ...stays([8, 9, 10, 11, 12], ABROAD, 190)],
      expect: [{ subject: 'ada', key: 'laptop-1:PL', severity: 'high' }],
    },
    {
      name: 'The same where no round trips were measured',
      story: [ADA, LAPTOP, ...stays([3, 4], HOME), ...stays([8, 9, 10, 11, 12], ABROAD)],
      expect: [{ key: 'laptop-1:PL', severity: 'medium' }],
    },
    {
      name: 'It never disconnects there',
      story: [
        ADA,
        LAPTOP,
        ...stays([3, 4], HOME),
        ...stays([8], ABROAD).slice(0, 1),
        { now: '2026-03-10T15:00:00.000Z' },
      ],
      expect: [{ key: 'laptop-1:PL', severity: 'medium' }],
    },
    {
      name: 'The database says another country, and the round trip is what it was',
      story: [ADA, LAPTOP, ...stays([3, 4], HOME, 25), ...stays([8, 9, 10, 11, 12], ABROAD, 27)],
      expect: [],
    },
    {
      name: 'A day abroad',
      story: [ADA, LAPTOP, ...stays([3, 4], HOME, 25), ...stays([8], ABROAD, 190), ...stays([9], HOME, 25)],
      expect: [],
    },
    {
      name: 'A move to another declared country',
      story: [
        { contractor: { id: 'ada', countries: ['US', 'PL'] } },
        LAPTOP,
        ...stays([3, 4], HOME, 25),
        ...stays([8, 9, 10, 11, 12], ABROAD, 190),
      ],
      expect: [],
    },
    {
      name: 'The same provider’s address, placed in another country',
      story: [
        ADA,
        LAPTOP,
        ...stays([3, 4], HOME),
        ...stays([8, 9, 10, 11, 12], { ...ABROAD, ...{ asn: 64_500 } }),
      ],
      expect: [],
    },
  ],
});

/** Connections from one country with none from another in between. */
interface Stay extends Period {
  readonly country: string;
  readonly spans: readonly [Egress, ...Egress[]];
}

interface Move {
  readonly before: Stay;
  readonly after: Stay;
}

interface About {
  readonly endpoint: string;
  readonly countries: readonly string[];
  readonly hours: number;
  readonly stepMs: number;
  readonly latency: readonly Span<'latency'>[];
  readonly timeline: ContractorTimeline;
}

function staysOf(spans: readonly Egress[]): readonly Stay[] {
  const runs: { readonly country: string; readonly spans: [Egress, ...Egress[]] }[] = [];
  for (const span of spans) {
    const country = countryAt(span.fact);
    if (country === undefined) continue;
    const run = runs.at(-1);
    if (run?.country === country) run.spans.push(span);
    else runs.push({ country, spans: [span] });
  }
  return runs.flatMap((run) => {
    const period = spread(run.spans);
    return period ? [{ ...run, ...period }] : [];
  });
}

function movesOf(stays: readonly Stay[]): readonly Move[] {
  return stays.flatMap((after, index) => {
    const before = stays[index - 1];
    return before ? [{ before, after }] : [];
  });
}

function judged({ before, after }: Move, about: About): readonly Match[] {
  const { endpoint, countries, hours, stepMs, timeline } = about;
  const least = hours * HOUR;
  const lasts = lengthMs(after, timeline.now) >= least;
  if (countries.includes(after.country) || (!lasts && after.to !== undefined)) return [];
  const networks = [networksOf(before), networksOf(after)] as const;
  if (!areOthers(networks)) return [];
  const trips = [quickest(before, about), quickest(after, about)] as const;
  const [was, is] = trips;
  const step = was === undefined || is === undefined ? undefined : Math.abs(is - was);
  if (step !== undefined && step < stepMs) return [];
  const holdsFrom = instant(millis(after.from) + least);
  const spans = [...before.spans.slice(-1), ...after.spans];
  // The move is complete then; what came later is no part of it, so that the finding does not change with it.
  const period = { from: after.from, to: holdsFrom, restsFrom: before.to ?? before.from };
  return [
    {
      key: `${endpoint}:${after.country}`,
      severity: step === undefined ? 'medium' : 'high',
      reason: `${endpoint} moved from ${before.country} to ${after.country} and another network, and stayed ${during(after)}; declared were ${declared(countries)}.`,
      arithmetic: [
        { label: 'declared countries', value: declared(countries) },
        { label: 'country', value: `${before.country}, then ${after.country}` },
        { label: 'network', value: networks.map((of) => listed([...of].toSorted())).join(', then ') },
        {
          label: 'least round trip',
          value: `${trips.map((ms) => (ms === undefined ? 'not measured' : `${Math.round(ms)} ms`)).join(', then ')}; a step of ${stepMs} ms counts`,
        },
        {
          label: 'stay',
          value: `${during(after)}; ${hours} h count`,
        },
      ],
      spans: spans.map(({ id }) => id),
      ...period,
      ...(!lasts && { holdsFrom }),
      concerns: { country: after.country, addresses: addressesOf(after.spans) },
    },
  ];
}

function networksOf({ spans }: Stay): ReadonlySet<string> {
  return new Set(spans.flatMap(({ fact }) => (fact.asn === undefined ? [] : [`AS${fact.asn}`])));
}

function areOthers([before, after]: readonly [ReadonlySet<string>, ReadonlySet<string>]): boolean {
  return before.size > 0 && after.size > 0 && ![...after].some((network) => before.has(network));
}

/** The least round trip in hours that lie within a stay. */
function quickest(stay: Stay, { latency, timeline }: About): number | undefined {
  const to = millis(stay.to ?? timeline.now);
  const within = latency.filter(({ fact }) => {
    const hour = millis(fact.hour);
    return fact.count > 0 && hour >= millis(stay.from) && hour + HOUR <= to;
  });
  return within.length === 0
    ? undefined
    : within.reduce((least, { fact }) => Math.min(least, fact.minMs), Number.POSITIVE_INFINITY);
}
