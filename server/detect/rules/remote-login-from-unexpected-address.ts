import * as z from 'zod';
import { cidrSchema, inNetwork } from '../../../shared/ip.ts';
import { peerAddressOf } from '../../../shared/place.ts';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { ContractorTimeline } from '../timeline.ts';
import { declared, during, endpointsOf, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };

export const remoteLoginFromUnexpectedAddress = defineRule({
  id: 'remote-login-from-unexpected-address',
  title: 'A remote login came from an address that nobody expects',
  scope: 'contractor',
  family: 'remote-access',
  severity: 'high',
  advisories: ['us-2022-platform-4', 'us-2022-body-2', 'fbi-2024-2', 'us-rok-2023-mitigation-2'],
  attack: ['T1021.001', 'T1572'],
  watches: ['session'],
  reads: ['peer', 'egress'],
  contradicts: ['countries'],
  settings: z.strictObject({
    expected: z
      .array(cidrSchema)
      .max(50)
      .default([])
      .describe(
        'Networks from which remote logins are expected, such as a jump host’s or the company’s own.',
      ),
    loopback: z
      .boolean()
      .default(true)
      .describe(
        'Whether a login by RDP or VNC from the machine itself counts: that is how a tunnel looks from inside.',
      ),
  }),
  falsePositives: [
    'A jump host or a company network that nobody named: add it to `expected`.',
    'Screen sharing or WSL on the machine itself looks like a login from loopback.',
  ],
  blindSpots: [
    'A login by way of another machine of the same local network, which has a private address.',
    'Windows writes no address for some logins behind a gateway.',
  ],
  triage: [
    'See where the address lies and whether the contractor was at the machine at that time.',
    'Look for a tunnel program that runs at the same time where the address is loopback.',
    'Close the port on the router, and ask who opened it.',
  ],
  evaluate(timeline, settings) {
    const countries = timeline.contractor.declaration?.countries;
    const remote = timeline.spans('session').filter(({ fact }) => {
      const { from, method } = fact;
      if (from === undefined || method === 'console' || within(from, settings.expected)) return false;
      const throughTunnel = settings.loopback && method !== 'ssh' && within(from, LOOPBACK);
      return throughTunnel || peerAddressOf(fact) !== undefined;
    });
    const own = new Set(timeline.spans('egress').map(({ fact }) => fact.ip));
    const foreign = remote.filter(({ fact }) => !own.has(fact.from ?? ''));
    const where = whereabouts(timeline);
    return [...Map.groupBy(foreign, ({ fact }) => `${fact.method} ${fact.from}`)].flatMap(([key, spans]) => {
      const period = spread(spans);
      const [first] = spans;
      if (!period || !first) return [];
      const { from = '', method } = first.fact;
      const country = where.get(from);
      const local = peerAddressOf(first.fact) === undefined;
      const abroad = country !== undefined && countries !== undefined && !countries.includes(country);
      return [
        {
          key,
          severity: local || abroad ? ('critical' as const) : ('high' as const),
          reason: `Somebody logged in to ${listed(endpointsOf(spans))} by ${method} from ${from}${country ? ` (${country})` : ''} ${during(period)}${local ? ', the machine itself, as through a tunnel' : ''}.`,
          arithmetic: [
            { label: 'expected networks', value: declared(settings.expected) },
            { label: 'declared countries', value: declared(countries) },
            { label: 'came from', value: `${from}${country ? `, ${country}` : ''}` },
            { label: 'sessions', value: String(spans.length) },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
          concerns: { addresses: [from], ...(country !== undefined && { country }) },
        },
      ];
    });
  },
  examples: [
    {
      name: 'A login by RDP from a public address in the declared country',
      story: [ADA, LAPTOP, peer('US'), session('rdp', '203.0.113.40')],
      expect: [{ subject: 'ada', key: 'rdp 203.0.113.40', severity: 'high' }],
    },
    {
      name: 'The same from another country',
      story: [ADA, LAPTOP, peer('CN'), session('rdp', '203.0.113.40')],
      expect: [{ key: 'rdp 203.0.113.40', severity: 'critical' }],
    },
    {
      name: 'A login by RDP from the machine itself',
      story: [ADA, LAPTOP, session('rdp', '127.0.0.1')],
      expect: [{ key: 'rdp 127.0.0.1', severity: 'critical' }],
    },
    {
      name: 'A login by SSH from the local network',
      story: [ADA, LAPTOP, session('ssh', '192.168.1.20')],
      expect: [],
    },
  ],
});

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

function within(address: string, networks: readonly string[]): boolean {
  return networks.some((network) => inNetwork(address, network));
}

/** The country of each peer, where it is known and not disputed. */
function whereabouts(timeline: ContractorTimeline): ReadonlyMap<string, string> {
  return new Map(
    timeline
      .spans('peer')
      .flatMap(({ fact: { ip, country, disputed } }) =>
        country === undefined || disputed ? [] : [[ip, country] as const],
      ),
  );
}

function peer(country: string) {
  const fact = { kind: 'peer', ip: '203.0.113.40', by: 'session', country };
  return { at: '2026-03-03T15:00:00.000Z', endpoint: 'laptop-1', began: fact };
}

function session(method: string, from: string) {
  const fact = { kind: 'session', user: 'ada', method, from, startedAt: '2026-03-03T15:00:00.000Z' };
  return { at: '2026-03-03T15:00:00.000Z', endpoint: 'laptop-1', began: fact };
}
