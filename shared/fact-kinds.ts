import type { FactKind } from './facts.ts';

/** What kinds are called as headings, in the order in which an analyst wants to read them. */
export const FACT_KIND_LABELS: readonly (readonly [FactKind, string])[] = [
  ['control', 'Remote control'],
  ['tool', 'Watched tools'],
  ['listener', 'Remote-access ports'],
  ['session', 'Login sessions'],
  ['egress', 'Egress'],
  ['sighting', 'Other addresses seen'],
  ['tunnel', 'Tunnels'],
  ['proxy', 'System proxies'],
  ['peripheral', 'USB devices'],
  ['display', 'Monitors'],
  ['activity', 'Activity'],
  ['sign-in', 'Sign-ins'],
  ['clock', 'Clock'],
  ['network', 'Local networks'],
  ['peer', 'Peers'],
  ['presence', 'Presence'],
  ['latency', 'Latency'],
  ['suspend', 'Sleep'],
  ['disruption', 'Disruptions'],
  ['platform', 'Platform'],
  ['agent', 'Agent'],
  ['gap', 'Gaps'],
];
