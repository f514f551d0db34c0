import type { WatchedPort } from './schema.ts';

const ADVISORY = 'US advisory of 16 May 2022 names 3389 and asks to look for remote-desktop ports';
const PRODUCT = 'Default of the product (general knowledge)';

/**
 * Ports on which a desktop is usually reached. 22 is left out: a shell is everyday work and no desktop.
 * 5900 has no owner: every VNC server and the Mac's own Screen Sharing listen there.
 */
export const PORTS: readonly WatchedPort[] = [
  { port: 3389, proto: 'tcp', name: 'RDP', confidence: 'quoted', sources: [ADVISORY] },
  { port: 3389, proto: 'udp', name: 'RDP over UDP', confidence: 'unconfirmed', sources: [PRODUCT] },
  ...[5900, 5901, 5902, 5903, 5904, 5905].map(
    (port): WatchedPort => ({
      port,
      proto: 'tcp',
      name: `VNC display ${port - 5900}`,
      confidence: 'unconfirmed',
      sources: ['RFC 6143: 5900 is registered for RFB; one port more per display by custom'],
    }),
  ),
  owned({ port: 4000, proto: 'tcp', name: 'NoMachine', tool: 'nomachine' }),
  owned({ port: 4000, proto: 'udp', name: 'NoMachine', tool: 'nomachine' }),
  {
    port: 7070,
    proto: 'tcp',
    name: 'AnyDesk direct connection',
    tool: 'anydesk',
    confidence: 'quoted',
    sources: ['LOLRMM anydesk.yaml'],
  },
  {
    port: 5938,
    proto: 'tcp',
    name: 'TeamViewer',
    tool: 'teamviewer',
    confidence: 'quoted',
    sources: ['LOLRMM teamviewer.yaml'],
  },
  ...[21115, 21116, 21117, 21118].map((port) =>
    owned({ port, proto: 'tcp', name: 'RustDesk direct or relayed connection', tool: 'rustdesk' }),
  ),
  owned({ port: 21116, proto: 'udp', name: 'RustDesk rendezvous', tool: 'rustdesk' }),
];

function owned(port: Omit<WatchedPort, 'confidence' | 'sources'>): WatchedPort {
  return { ...port, confidence: 'unconfirmed', sources: [PRODUCT] };
}
