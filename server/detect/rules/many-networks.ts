import * as z from 'zod';
import { slugSchema } from '../../../shared/ids.ts';
import { DAY } from '../../../shared/time.ts';
import { agreedExit } from '../agreed-exits.ts';
import { crowdsOf } from '../crowds.ts';
import { spread, touchingAny } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { ContractorTimeline } from '../timeline.ts';
import { concernsOf, countryAt, type Egress } from '../whereabouts.ts';
import { declared, endpointsOf, listed, moment } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const MOBILE_ADA = { contractor: { id: 'ada', countries: ['US'], mobileWorker: true } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const at = (hour: string, index: number, more: object = {}) => {
  const ip = `198.51.100.${index}`;
  return [
    {
      at: `2026-03-${hour}:00:00.000Z`,
      endpoint: 'laptop-1',
      began: {
        kind: 'egress',
        ip,
        country: 'US',
        asn: 64_496 + index,
        networkClass: 'residential',
        ...more,
      },
    },
    { at: `2026-03-${hour}:40:00.000Z`, endpoint: 'laptop-1', ended: { kind: 'egress', ip } },
  ];
};
const FOUR = [at('03T09', 1), at('03T12', 2), at('03T15', 3), at('03T19', 4)].flat();

export const manyNetworks = defineRule({
  id: 'many-networks',
  title: 'Connected from many networks or countries within a short time',
  scope: 'contractor',
  family: 'egress',
  severity: 'medium',
  advisories: ['us-2022-platform-1', 'fbi-2025-3', 'japan-2024-1'],
  attack: ['T1078'],
  watches: ['egress'],
  reads: ['tool', 'tunnel'],
  contradicts: ['mobileWorker', 'countries', 'approvedVpns'],
  settings: z.strictObject({
    networksInDay: z
      .int()
      .min(2)
      .max(100)
      .default(4)
      .describe('So many networks (AS numbers) within 24 hours count …'),
    networksInWeek: z.int().min(2).max(200).default(8).describe('… or so many within 7 days …'),
    countriesInDay: z.int().min(2).max(50).default(2).describe('… or so many countries within 24 hours.'),
    approvedForAll: z
      .array(slugSchema)
      .max(50)
      .default([])
      .describe('Catalog ids of VPNs that the organization uses itself; their exits do not count.'),
  }),
  falsePositives: [
    'A day of travel: an exception for this rule and the time.',
    'Someone who works on the move: declare it (`mobileWorker`), and networks within the declared countries are expected.',
    'Two lines at home and a phone, together with a café.',
    'A provider that leads its customers out by several AS numbers.',
  ],
  blindSpots: [
    'VPN exits, satellites and relays tell no country; where databases disagree on it, none counts.',
    'Addresses whose network is not known.',
    'A residential proxy that stays with one provider.',
  ],
  triage: [
    'See whether the networks follow each other like a journey, or alternate.',
    'Look for VPN and proxy programs at those times.',
    'Ask whether the contractor was on the move.',
  ],
  evaluate(timeline, settings) {
    const { countries = [], mobileWorker = false } = timeline.contractor.declaration ?? {};
    if (mobileWorker && countries.length === 0) return [];
    const { networkOf, countryOf } = namesFor(timeline, settings.approvedForAll);
    const spans = timeline.spans('egress');
    const crowds = [
      crowdsOf(spans, { nameOf: networkOf, withinMs: DAY, least: settings.networksInDay }),
      crowdsOf(spans, { nameOf: countryOf, withinMs: DAY, least: settings.countriesInDay }),
      crowdsOf(spans, { nameOf: networkOf, withinMs: 7 * DAY, least: settings.networksInWeek }),
    ] as const;
    const [inDay, abroad, inWeek] = crowds;
    const period = spread(crowds.flatMap(({ period: when }) => when ?? []));
    if (!period) return [];
    const isCrowded = touchingAny(
      crowds.flatMap(({ windows }) => windows).toSorted((a, b) => (a.from < b.from ? -1 : 1)),
    );
    const within = spans.filter(
      (span) => (networkOf(span) !== undefined || countryOf(span) !== undefined) && isCrowded(span),
    );
    const times =
      period.to === period.from
        ? `by ${moment(period.from)}`
        : `between ${moment(period.from)} and ${moment(period.to ?? period.from)}`;
    return [
      {
        key: 'networks',
        reason: `${listed(endpointsOf(within))} connected from ${wordsFor(crowds, settings)} ${times}.`,
        arithmetic: [
          { label: 'declared as working on the move', value: mobileWorker ? 'yes' : 'no' },
          { label: 'declared countries', value: declared(countries) },
          { label: 'networks in 24 h', value: `${inDay.most.length}; ${settings.networksInDay} count` },
          {
            label: 'countries in 24 h',
            value: `${listed(abroad.most) || 'none'}; ${settings.countriesInDay} count`,
          },
          { label: 'networks in 7 d', value: `${inWeek.most.length}; ${settings.networksInWeek} count` },
          { label: 'networks', value: listed(inWeek.most, 12) || 'none' },
        ],
        spans: within.map(({ id }) => id),
        ...period,
        concerns: concernsOf(within.filter((span) => !countries.includes(span.fact.country ?? ''))),
      },
    ];
  },
  examples: [
    {
      name: 'Four networks in a day',
      story: [ADA, LAPTOP, ...FOUR],
      expect: [{ subject: 'ada', key: 'networks', severity: 'medium' }],
    },
    {
      name: 'Two countries within a day',
      story: [ADA, LAPTOP, ...at('03T09', 1), ...at('03T15', 2, { country: 'PL' })],
      expect: [{ key: 'networks', severity: 'medium' }],
    },
    {
      name: 'Eight networks in a week',
      story: [
        ADA,
        LAPTOP,
        ...[1, 2, 3, 4, 5, 6, 7].flatMap((day) => at(`0${day}T09`, day)),
        ...at('07T15', 8),
      ],
      expect: [{ key: 'networks' }],
    },
    {
      name: 'Someone who declared to work on the move, in an undeclared country as well',
      story: [MOBILE_ADA, LAPTOP, ...FOUR, ...at('03T22', 5, { country: 'PL' })],
      expect: [{ key: 'networks' }],
    },
    {
      name: 'Someone who declared to work on the move',
      story: [MOBILE_ADA, LAPTOP, ...FOUR],
      expect: [],
    },
    {
      name: 'Another country on which databases disagree, and a VPN exit',
      story: [
        ADA,
        LAPTOP,
        ...at('03T09', 1),
        ...at('03T12', 2, { country: 'PL', disputed: true }),
        ...at('03T15', 3, { country: 'PL', networkClass: 'vpn' }),
      ],
      expect: [],
    },
    {
      name: 'Three networks in a day, every day',
      story: [
        ADA,
        LAPTOP,
        ...[3, 4, 5, 6].flatMap((day) => [1, 2, 3].flatMap((index) => at(`0${day}T1${index}`, index))),
      ],
      expect: [],
    },
    {
      name: 'Four exits of the approved VPN',
      story: [
        { contractor: { id: 'ada', countries: ['US'], approvedVpns: ['mullvad'] } },
        LAPTOP,
        {
          at: '2026-03-03T08:00:00.000Z',
          endpoint: 'laptop-1',
          began: { kind: 'tool', tool: 'mullvad', category: 'vpn', state: 'running', signs: [] },
        },
        ...[1, 2, 3, 4].flatMap((index) => at(`03T1${index}`, index, { networkClass: 'vpn' })),
      ],
      expect: [],
    },
  ],
});

/** What an egress counts as; undefined where it does not. */
function namesFor(timeline: ContractorTimeline, approvedForAll: readonly string[]) {
  const { countries = [], mobileWorker = false } = timeline.contractor.declaration ?? {};
  const isAgreed = agreedExit(timeline, approvedForAll);
  const isDeclared = (country: string | undefined) => country !== undefined && countries.includes(country);
  return {
    networkOf(egress: Egress): string | undefined {
      const { asn, networkClass, country } = egress.fact;
      if (asn === undefined || networkClass === 'corporate' || networkClass === 'relay') return undefined;
      if (mobileWorker && (country === undefined || isDeclared(country))) return undefined;
      return networkClass === 'vpn' && isAgreed(egress) ? undefined : `AS${asn}`;
    },
    countryOf(egress: Egress): string | undefined {
      const country = countryAt(egress.fact);
      return mobileWorker && isDeclared(country) ? 'a declared country' : country;
    },
  };
}

function wordsFor(
  [inDay, abroad, inWeek]: readonly { readonly most: readonly string[] }[],
  least: { readonly networksInDay: number; readonly networksInWeek: number; readonly countriesInDay: number },
): string {
  const [networks = 0, countries = 0, ofWeek = 0] = [inDay, abroad, inWeek].map(
    (crowd) => crowd?.most.length,
  );
  return listed([
    ...(networks >= least.networksInDay ? [`${networks} networks within a day`] : []),
    ...(countries >= least.countriesInDay ? [`${countries} countries within a day`] : []),
    ...(ofWeek >= least.networksInWeek ? [`${ofWeek} networks within a week`] : []),
  ]);
}
