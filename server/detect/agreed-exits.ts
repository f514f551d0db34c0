import { onSameEndpoint } from './periods.ts';
import type { ContractorTimeline } from './timeline.ts';
import type { Egress } from './whereabouts.ts';

/** Tells of an egress during which the endpoint used a VPN, or for Tor an anonymizer, that was agreed to. Needs `tool` and `tunnel`. */
export function agreedExit(
  timeline: ContractorTimeline,
  approvedForAll: readonly string[],
): (egress: Egress) => boolean {
  const declared = timeline.contractor.declaration?.approvedVpns ?? [];
  const agreed = new Set([...declared, ...approvedForAll]);
  const tools = timeline
    .spans('tool')
    .filter(({ fact }) => fact.state === 'running' && agreed.has(fact.tool));
  const tunnels = timeline
    .spans('tunnel')
    .filter(({ fact }) => fact.routes === 'full' && fact.tool !== undefined && agreed.has(fact.tool));
  const anonymizers = tools.filter(({ fact }) => fact.category === 'anonymizer');
  const others = tools.filter(({ fact }) => fact.category !== 'anonymizer');
  const byAnonymizer = onSameEndpoint(anonymizers);
  const byTool = onSameEndpoint(others);
  const byTunnel = onSameEndpoint(tunnels);
  return (egress) =>
    egress.fact.networkClass === 'tor' ? byAnonymizer(egress) : byTool(egress) || byTunnel(egress);
}
