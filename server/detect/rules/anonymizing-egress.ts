import * as z from 'zod';
import type { NetworkClass } from '../../../shared/facts.ts';
import { slugSchema } from '../../../shared/ids.ts';
import { DAY, HOUR, instant, MINUTE, millis } from '../../../shared/time.ts';
import { agreedExit } from '../agreed-exits.ts';
import { joined, lengthMs, spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { Period } from '../timeline.ts';
import { addressesOf, concernsOf, type Egress } from '../whereabouts.ts';
import { declared, during, endpointsOf, length, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'], approvedVpns: ['mullvad'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const EXIT = '203.0.113.9';
const session = (day: string, networkClass: NetworkClass) => [
  {
    at: `${day}T15:00:00.000Z`,
    endpoint: 'laptop-1',
    began: { kind: 'egress', ip: EXIT, country: 'US', networkClass },
  },
  { at: `${day}T19:00:00.000Z`, endpoint: 'laptop-1', ended: { kind: 'egress', ip: EXIT } },
];
const twice = (networkClass: NetworkClass) => [
  ...session('2026-03-02', networkClass),
  ...session('2026-03-04', networkClass),
];

const SEVERITIES = { tor: 'high', vpn: 'high', hosting: 'medium' } as const;

/** Reconnecting within this time is one session. */
const BREAK = 30 * MINUTE;

export const anonymizingEgress = defineRule({
  id: 'anonymizing-egress',
  title: 'Connected through a VPN, Tor or hosting network that nobody approved',
  scope: 'contractor',
  family: 'egress',
  severity: 'high',
  advisories: ['us-2022-body-1', 'mandiant-2025-astrill', 'seal-vpn-logs', 'uk-2024-1'],
  attack: ['T1090', 'T1090.003', 'T1583.003'],
  watches: ['egress'],
  reads: ['tool', 'tunnel'],
  contradicts: ['approvedVpns', 'virtualMachine'],
  settings: z.strictObject({
    sessions: z
      .int()
      .min(1)
      .max(100)
      .default(2)
      .describe('So many sessions by such a network within `withinDays` count …'),
    withinDays: z.int().min(1).max(30).default(7).describe('See `sessions`.'),
    hours: z.number().min(0).max(720).default(12).describe('… or one that lasts so long.'),
    approvedForAll: z
      .array(slugSchema)
      .max(50)
      .default([])
      .describe('Catalog ids of VPNs that the organization uses itself.'),
  }),
  falsePositives: [
    'The organization’s own gateway or a security service in the cloud: mark its addresses as corporate in the overrides.',
    'A privacy VPN that was agreed to on a router or phone, where no agent sees it: an exception for its network.',
    'A development machine in the cloud: declare it as virtual, and hosting is expected.',
    'A relay such as iCloud’s keeps the country and shows no more than a browser does: it never counts here.',
    'A list of networks that is out of date: small access providers rent from hosting companies.',
  ],
  blindSpots: [
    'Residential proxies and VPN exits that no list knows look like a home.',
    'An approved VPN that runs idle beside another one excuses both.',
  ],
  triage: [
    'Ask whether a VPN was agreed to; if so, write it down in the declaration.',
    'See which VPN or proxy program ran at that time, and which addresses came before and after.',
    'Look for moments at which the exit failed and the line behind it showed.',
  ],
  evaluate(timeline, settings) {
    const { approvedVpns = [], virtualMachine } = timeline.contractor.declaration ?? {};
    const isAgreed = agreedExit(timeline, settings.approvedForAll);
    const seen = timeline.spans('egress').filter((span) => !isAgreed(span));
    return Object.entries(SEVERITIES).flatMap(([networkClass, severity]) => {
      if (networkClass === 'hosting' && virtualMachine) return [];
      const sessions = sessionsOf(seen.filter(({ fact }) => fact.networkClass === networkClass));
      const holds = holding(sessions, { ...settings, now: timeline.now });
      const spans = sessions.flatMap((own) => own.spans);
      const period = spread(spans);
      if (!holds || !period) return [];
      const longest = Math.max(...sessions.map((own) => lengthMs(own, timeline.now)));
      return [
        {
          key: networkClass,
          severity,
          reason: `${listed(endpointsOf(spans))} connected through ${NAMES[networkClass] ?? networkClass} ${during(period)} in ${sessions.length === 1 ? 'one session' : `${sessions.length} sessions`}, and no approved VPN was in use.`,
          arithmetic: [
            { label: 'approved VPNs', value: declared([...approvedVpns, ...settings.approvedForAll]) },
            { label: 'observed network class', value: networkClass },
            {
              label: 'sessions',
              value: `${sessions.length}; ${settings.sessions} within ${settings.withinDays} d count`,
            },
            {
              label: 'longest session',
              value: `${period.to === undefined ? 'still going on' : length(longest)}; ${settings.hours} h count`,
            },
            { label: 'networks', value: listed(networksOf(spans)) },
            { label: 'addresses', value: listed(addressesOf(spans)) },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
          ...holds,
          concerns: concernsOf(spans),
        },
      ];
    });
  },
  examples: [
    {
      name: 'Two sessions through a VPN exit, and the approved VPN did not run',
      story: [ADA, LAPTOP, ...twice('vpn')],
      expect: [{ subject: 'ada', key: 'vpn', severity: 'high' }],
    },
    {
      name: 'Two sessions through Tor',
      story: [ADA, LAPTOP, ...twice('tor')],
      expect: [{ key: 'tor', severity: 'high' }],
    },
    {
      name: 'Two sessions from a hosting network',
      story: [ADA, LAPTOP, ...twice('hosting')],
      expect: [{ key: 'hosting', severity: 'medium' }],
    },
    {
      name: 'One session that goes on for a day',
      story: [ADA, LAPTOP, ...session('2026-03-02', 'vpn').slice(0, 1), { now: '2026-03-03T15:00:00.000Z' }],
      expect: [{ key: 'vpn', severity: 'high' }],
    },
    {
      name: 'Two sessions through the approved VPN',
      story: [
        ADA,
        LAPTOP,
        {
          at: '2026-03-02T14:59:00.000Z',
          endpoint: 'laptop-1',
          began: { kind: 'tool', tool: 'mullvad', category: 'vpn', state: 'running', signs: [] },
        },
        ...twice('vpn'),
      ],
      expect: [],
    },
    {
      name: 'A declared virtual machine in a hosting network',
      story: [
        { contractor: { id: 'ada', countries: ['US'], virtualMachine: true } },
        LAPTOP,
        ...twice('hosting'),
      ],
      expect: [],
    },
    {
      name: 'A single session of four hours',
      story: [ADA, LAPTOP, ...session('2026-03-02', 'vpn')],
      expect: [],
    },
    {
      name: 'Two sessions through a relay, and two through the organization’s own network',
      story: [ADA, LAPTOP, ...twice('relay'), ...twice('corporate')],
      expect: [],
    },
  ],
});

const NAMES: Readonly<Record<string, string>> = {
  tor: 'Tor',
  vpn: 'a VPN exit',
  hosting: 'a hosting network',
};

interface Session extends Period {
  readonly spans: readonly Egress[];
}

function sessionsOf(spans: readonly Egress[]): readonly Session[] {
  return joined(spans, BREAK).flatMap((run) => {
    const period = spread(run);
    return period ? [{ ...period, spans: run }] : [];
  });
}

/** Whether there are enough sessions or one is long enough, or since when the one that goes on will be. */
function holding(
  sessions: readonly Session[],
  by: {
    readonly sessions: number;
    readonly withinDays: number;
    readonly hours: number;
    readonly now: string;
  },
): { readonly holdsFrom?: string } | undefined {
  const crowded = sessions.some((session, index) => {
    const first = sessions[index - by.sessions + 1];
    return first && millis(session.from) - millis(first.from) <= by.withinDays * DAY;
  });
  const least = by.hours * HOUR;
  if (crowded || sessions.some((session) => lengthMs(session, by.now) >= least)) return {};
  const last = sessions.at(-1);
  return last && last.to === undefined ? { holdsFrom: instant(millis(last.from) + least) } : undefined;
}

function networksOf(spans: readonly Egress[]): readonly string[] {
  const names = spans.flatMap(({ fact }) => fact.org ?? (fact.asn === undefined ? [] : `AS${fact.asn}`));
  return names.length === 0 ? ['not known'] : [...new Set(names)].toSorted();
}
