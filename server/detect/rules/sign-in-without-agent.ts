import * as z from 'zod';
import { cidrSchema, inNetwork, isIpv6, networkOf, normalIp } from '../../../shared/ip.ts';
import { instant, MINUTE, millis } from '../../../shared/time.ts';
import { spread, touchingAny } from '../periods.ts';
import { defineRule, type Match } from '../rule.ts';
import type { ContractorTimeline, Period, Span } from '../timeline.ts';
import { during, listed } from '../wording.ts';

const HOME = '198.51.100.7';
const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T13:00:00.000Z' } };
const AT_WORK = (ip = HOME) => [
  {
    at: '2026-03-02T14:00:00.000Z',
    endpoint: 'laptop-1',
    began: { kind: 'egress', ip, country: 'US', networkClass: 'residential' },
  },
  { at: '2026-03-02T22:00:00.000Z', endpoint: 'laptop-1', ended: { kind: 'egress', ip } },
];
const NOW = { now: '2026-03-03T12:00:00.000Z' };
const signIn = (at: string, ip: string, more: object = {}) => ({
  at,
  endpoint: 'laptop-1',
  noted: {
    ...{ kind: 'sign-in', id: `evt-${at}`, provider: 'example-idp', app: 'Source control' },
    ...{ ip, result: 'success', ...more },
  },
});

export const signInWithoutAgent = defineRule({
  id: 'sign-in-without-agent',
  title: 'Signed in from where none of the contractor’s machines was',
  scope: 'contractor',
  family: 'identity',
  severity: 'high',
  advisories: [
    'fbi-2025-2',
    'us-2022-platform-1',
    'us-rok-2023-mitigation-4',
    'insikt-2026',
    'japan-2024-1',
    'seal-vpn-logs',
  ],
  attack: ['T1550.004', 'T1539'],
  watches: ['sign-in'],
  reads: ['egress', 'presence'],
  contradicts: [],
  settings: z.strictObject({
    withinMinutes: z
      .int()
      .min(1)
      .max(120)
      .default(5)
      .describe('An endpoint counts as there when it was so many minutes before or after the sign-in.'),
    appsToIgnore: z
      .array(z.string().max(128))
      .max(100)
      .default([])
      .describe('Names of apps, as the identity provider writes them, that people use on phones.'),
    networksToIgnore: z
      .array(cidrSchema)
      .max(100)
      .default([])
      .describe('Networks such as 192.0.2.0/24 from which sign-ins are right without a machine.'),
  }),
  falsePositives: [
    'Mail, chat or a second factor on a phone: name the app in `appsToIgnore`.',
    'A VPN of the organization that carries sign-ins and not the agent: name its network in `networksToIgnore`.',
    'An outage of the collector, or a provider whose clock is off.',
    'A provider with many addresses that gives each connection another one.',
  ],
  blindSpots: [
    'A session that was stolen after the sign-in makes none of its own.',
    'A far hand on the issued machine signs in from where it stands.',
    'Where a machine speaks by IPv4 and the sign-in by IPv6, or the other way round, the two cannot be compared.',
    'Only providers whose events reach the collector are seen.',
  ],
  triage: [
    'Look the address up, and see whether others signed in from it.',
    'Ask which device was used; revoke its sessions when nobody knows.',
    'See in the ledger whether the agent was stopped at that time.',
  ],
  evaluate(timeline, settings) {
    const whereabouts = whereaboutsOf(timeline);
    const margin = settings.withinMinutes * MINUTE;
    const apps = new Set(settings.appsToIgnore);
    const odd = timeline.spans('sign-in').flatMap((span) => {
      const { result, app, ip } = span.fact;
      if (result !== 'success' || apps.has(app)) return [];
      if (settings.networksToIgnore.some((network) => inNetwork(ip, network))) return [];
      const why = whereabouts(ip, {
        from: instant(millis(span.from) - margin),
        to: instant(millis(span.from) + margin),
      });
      return why === undefined ? [] : [{ span, why }];
    });
    const isSettled = ({ span }: Odd) => millis(span.from) + margin <= millis(timeline.now);
    return [...Map.groupBy(odd, ({ span }) => lineOf(span.fact.ip))].flatMap(([address, all]) => {
      const fresh = all.find((each) => !isSettled(each));
      return [
        ...matchesOf(address, all.filter(isSettled), settings),
        // An endpoint may still come up after it.
        ...(fresh ? matchesOf(address, all, settings) : []).map((match) => ({
          ...match,
          holdsFrom: instant(millis(fresh?.span.from ?? timeline.now) + margin),
        })),
      ];
    });
  },
  examples: [
    {
      name: 'A sign-in at night, when the machine is off',
      story: [ADA, LAPTOP, ...AT_WORK(), signIn('2026-03-03T03:00:00.000Z', '203.0.113.9'), NOW],
      expect: [{ subject: 'ada', key: '203.0.113.9', severity: 'high' }],
    },
    {
      name: 'A sign-in from another address while the machine is at home',
      story: [ADA, LAPTOP, ...AT_WORK(), signIn('2026-03-02T16:00:00.000Z', '203.0.113.9'), NOW],
      expect: [{ key: '203.0.113.9', severity: 'high' }],
    },
    {
      name: 'A sign-in from home just before the agent connects',
      story: [ADA, LAPTOP, signIn('2026-03-02T13:56:00.000Z', HOME), ...AT_WORK(), NOW],
      expect: [],
    },
    {
      name: 'A sign-in of two minutes ago, when the machine may still come up',
      story: [
        ADA,
        LAPTOP,
        ...AT_WORK(),
        signIn('2026-03-03T03:00:00.000Z', '203.0.113.9'),
        { now: '2026-03-03T03:02:00.000Z' },
      ],
      expect: [],
    },
    {
      name: 'A failed one, and a sign-in by IPv6 while the machine speaks by IPv4',
      story: [
        ADA,
        LAPTOP,
        ...AT_WORK(),
        signIn('2026-03-02T16:00:00.000Z', '2001:db8:1::9'),
        signIn('2026-03-03T03:00:00.000Z', '203.0.113.9', { result: 'failure' }),
        NOW,
      ],
      expect: [],
    },
    {
      name: 'Two addresses of one IPv6 line',
      story: [
        ADA,
        LAPTOP,
        ...AT_WORK('2001:db8:1::7'),
        signIn('2026-03-02T16:00:00.000Z', '2001:db8:1::9'),
        NOW,
      ],
      expect: [],
    },
  ],
});

type Why = 'no machine was there' | 'at another address';

interface Odd {
  readonly span: Span<'sign-in'>;
  readonly why: Why;
}

function matchesOf(
  address: string,
  all: readonly Odd[],
  { withinMinutes }: { readonly withinMinutes: number },
): readonly Match[] {
  const spans = all.map(({ span }) => span);
  const period = spread(spans);
  if (!period) return [];
  const alone = all.filter(({ why }) => why === 'no machine was there').length;
  const named = (name: 'app' | 'provider') => [...new Set(spans.map(({ fact }) => fact[name]))].toSorted();
  return [
    {
      key: address,
      reason: `${spans.length === 1 ? 'A sign-in' : `${spans.length} sign-ins`} to ${listed(named('app'))} came from ${address} ${during(period)}, where no machine of this contractor was.`,
      arithmetic: [
        { label: 'sign-ins', value: String(spans.length) },
        { label: 'while no machine was connected', value: String(alone) },
        { label: 'while a machine was at another address', value: String(spans.length - alone) },
        { label: 'within', value: `${withinMinutes} min` },
        { label: 'providers', value: listed(named('provider')) },
      ],
      spans: spans.map(({ id }) => id),
      ...period,
      concerns: { addresses: [...new Set(spans.map(({ fact }) => fact.ip))].toSorted() },
    },
  ];
}

/** Answers why a sign-in is odd; undefined where a machine was there, or where it cannot be told. */
function whereaboutsOf(timeline: ContractorTimeline): (ip: string, around: Period) => Why | undefined {
  const egresses = timeline.spans('egress');
  const lines = touchingEach(egresses, ({ fact }) => lineOf(fact.ip));
  const families = touchingEach(egresses, ({ fact }) => familyOf(fact.ip));
  const somewhere = touchingAny(
    [...egresses, ...timeline.spans('presence')].toSorted((a, b) => (a.from < b.from ? -1 : 1)),
  );
  return (ip, around) => {
    if (lines.get(lineOf(ip))?.(around)) return undefined;
    if (!somewhere(around)) return 'no machine was there';
    return families.get(familyOf(ip))?.(around) ? 'at another address' : undefined;
  };
}

function touchingEach(
  spans: readonly Span<'egress'>[],
  by: (span: Span<'egress'>) => string,
): ReadonlyMap<string, (asked: Period) => boolean> {
  return new Map([...Map.groupBy(spans, by)].map(([key, own]) => [key, touchingAny(own)]));
}

/** One line of IPv6 has a whole /64. */
function lineOf(ip: string): string {
  return isIpv6(ip) ? (networkOf(ip, 64) ?? ip) : (normalIp(ip) ?? ip);
}

function familyOf(ip: string): 'IPv6' | 'IPv4' {
  return isIpv6(ip) ? 'IPv6' : 'IPv4';
}
