import * as z from 'zod';
import type { Catalog } from '../../../shared/catalog/schema.ts';
import { slugSchema } from '../../../shared/ids.ts';
import { MINUTE } from '../../../shared/time.ts';
import { onSameEndpoint, spread, totalMs } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { ContractorTimeline, Span } from '../timeline.ts';
import { declared, during, endpointsOf, lengthOf, listed, toolOf } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'], approvedVpns: ['tailscale'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const running = (tool: string, category: string) => ({
  at: '2026-03-03T15:00:00.000Z',
  endpoint: 'laptop-1',
  began: { kind: 'tool', tool, category, state: 'running', signs: [] },
});
const FULL_ROUTE = {
  at: '2026-03-03T15:00:00.000Z',
  endpoint: 'laptop-1',
  began: { kind: 'tunnel', interface: 'tun0', type: 'tun', routes: 'full', dns: true },
};

const CATEGORIES: readonly string[] = ['vpn', 'mesh', 'proxy', 'anonymizer', 'proxyware'];
const SEVERE: readonly string[] = ['anonymizer', 'proxyware'];

export const unapprovedVpn = defineRule({
  id: 'unapproved-vpn',
  title: 'VPN, proxy or anonymizer that nobody approved',
  scope: 'contractor',
  family: 'egress',
  severity: 'medium',
  advisories: [
    'us-2022-body-1',
    'us-rok-2023-mitigation-1',
    'fbi-2026-1',
    'mandiant-2025-astrill',
    'uk-2024-1',
    'kudelski-2026-exits',
    'spur-residential-proxies',
  ],
  attack: ['T1090.003', 'T1572'],
  watches: ['tool'],
  reads: ['tunnel', 'egress'],
  contradicts: ['approvedVpns'],
  settings: z.strictObject({
    approvedForAll: z
      .array(slugSchema)
      .max(50)
      .default([])
      .describe('Catalog ids of VPNs that the organization uses itself.'),
    minutes: z
      .int()
      .min(0)
      .max(1_440)
      .default(10)
      .describe(
        'What ran for less in all, and has ended, is let pass; while it runs it counts at once. Anonymizers and proxyware always count.',
      ),
    tunnels: z
      .boolean()
      .default(true)
      .describe('Whether a tunnel that takes all traffic and belongs to no known product counts too.'),
  }),
  falsePositives: [
    'A privacy VPN that was agreed to: name it in the declaration.',
    'A mesh or VPN of the employer or of another client: approve it for all, or for this contractor.',
    'A tunnel of virtual machines or of the phone’s hotspot program that takes the default route.',
  ],
  blindSpots: [
    'A VPN or residential proxy on the router or on another machine of the household.',
    'A client that runs idle in the background looks like one in use unless its tunnel is seen.',
    'Browser extensions, where the endpoint cannot list them.',
  ],
  triage: [
    'Compare the egress addresses during the time given with those before and after.',
    'Ask whether the VPN was agreed to; if so, write it down in the declaration.',
    'For proxyware, ask which program brought it: it lends the connection to strangers.',
  ],
  evaluate(timeline, settings, catalog) {
    const approved = timeline.contractor.declaration?.approvedVpns;
    const agreed = new Set([...(approved ?? []), ...settings.approvedForAll]);
    return usesOf(timeline, settings.tunnels).flatMap(({ key, tool, category, spans, tookAll }) => {
      const period = spread(spans);
      if (!period || (tool !== undefined && agreed.has(tool))) return [];
      const severe = SEVERE.includes(category);
      const total = totalMs(spans, timeline.now);
      if (!severe && period.to !== undefined && total < settings.minutes * MINUTE) return [];
      const endpoints = listed(endpointsOf(spans));
      return [
        {
          key,
          severity: severe ? 'high' : 'medium',
          reason: `${subjectOf(tool, category, catalog)} on ${endpoints} ${during(period)}; it is not among the approved VPNs.`,
          arithmetic: [
            { label: 'approved VPNs', value: declared([...agreed]) },
            { label: 'observed', value: `${tool ?? 'a tunnel of no known product'} (${category})` },
            {
              label: 'in all',
              value: `${lengthOf(spans, timeline.now)} of at least ${severe ? 0 : settings.minutes} min`,
            },
            { label: 'a tunnel took all traffic', value: tookAll ? 'yes' : 'not seen' },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
          ...(tool !== undefined && { concerns: { tools: [tool] } }),
        },
      ];
    });
  },
  examples: [
    {
      name: 'A consumer VPN runs that was not agreed to',
      story: [ADA, LAPTOP, running('nordvpn', 'vpn')],
      expect: [{ subject: 'ada', key: 'nordvpn', severity: 'medium' }],
    },
    {
      name: 'An anonymizer runs for a minute',
      story: [
        ADA,
        LAPTOP,
        running('tor', 'anonymizer'),
        {
          at: '2026-03-03T15:01:00.000Z',
          endpoint: 'laptop-1',
          ended: { kind: 'tool', tool: 'tor', state: 'running' },
        },
      ],
      expect: [{ key: 'tor', severity: 'high' }],
    },
    {
      name: 'A tunnel of no known product takes all traffic',
      story: [ADA, LAPTOP, FULL_ROUTE],
      expect: [{ key: 'tunnel:tun', severity: 'medium' }],
    },
    {
      name: 'The agreed VPN takes all traffic',
      story: [ADA, LAPTOP, running('tailscale', 'mesh'), FULL_ROUTE],
      expect: [],
    },
    {
      name: 'A VPN was tried for five minutes',
      story: [
        ADA,
        LAPTOP,
        running('nordvpn', 'vpn'),
        {
          at: '2026-03-03T15:05:00.000Z',
          endpoint: 'laptop-1',
          ended: { kind: 'tool', tool: 'nordvpn', state: 'running' },
        },
      ],
      expect: [],
    },
  ],
});

interface Use {
  readonly key: string;
  /** Undefined for a tunnel that belongs to no known product. */
  readonly tool?: string;
  readonly category: string;
  readonly spans: readonly Span[];
  readonly tookAll: boolean;
}

/** What carried traffic elsewhere: each product once, and tunnels that no product explains. */
function usesOf(timeline: ContractorTimeline, withTunnels: boolean): readonly Use[] {
  const clients = timeline
    .spans('tool')
    .filter(({ fact }) => fact.state === 'running' && CATEGORIES.includes(fact.category));
  const tunnels = timeline.spans('tunnel').filter(({ fact }) => fact.routes === 'full');
  const besideTunnel = onSameEndpoint(tunnels);
  const products = Map.groupBy(clients, ({ fact }) => fact.tool);
  const owned = new Set(tunnels.flatMap(({ fact }) => fact.tool ?? []));
  const uses: Use[] = [...products].map(([tool, spans]) => {
    const tookAll = tunnels.length > 0 && (owned.has(tool) || spans.some(besideTunnel));
    return { key: tool, tool, category: spans.at(-1)?.fact.category ?? 'vpn', spans, tookAll };
  });
  if (!withTunnels || tunnels.length === 0) return uses;
  const besideClient = onSameEndpoint(clients);
  const unexplained = tunnels.filter(
    (tunnel) => !products.has(tunnel.fact.tool ?? '') && !besideClient(tunnel),
  );
  for (const [key, spans] of Map.groupBy(abroad(unexplained, timeline), nameOf)) {
    const tool = spans[0]?.fact.tool;
    uses.push({ key, ...(tool !== undefined && { tool }), category: 'tunnel', spans, tookAll: true });
  }
  return uses;
}

function nameOf({ fact }: Span<'tunnel'>): string {
  return fact.tool ?? `tunnel:${fact.type}`;
}

/** Without the tunnels that come out in the organization's own network only. */
function abroad(tunnels: readonly Span<'tunnel'>[], timeline: ContractorTimeline): readonly Span<'tunnel'>[] {
  if (tunnels.length === 0) return tunnels;
  const egress = timeline.spans('egress');
  const own = onSameEndpoint(egress.filter(({ fact }) => fact.networkClass === 'corporate'));
  const other = onSameEndpoint(egress.filter(({ fact }) => fact.networkClass !== 'corporate'));
  return tunnels.filter((tunnel) => other(tunnel) || !own(tunnel));
}

function subjectOf(tool: string | undefined, category: string, catalog: Catalog): string {
  if (tool === undefined) return 'A tunnel of no known product took all traffic';
  const name = toolOf(catalog, tool)?.name ?? tool;
  return category === 'tunnel' ? `A tunnel of ${name} took all traffic` : `${name} (${category}) ran`;
}
