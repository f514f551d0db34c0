import type { WatchedPort } from './schema.ts';

const ADVISORY = 'US advisory of 16 May 2022 names 3389 and asks to look for remote-desktop ports';
const PRODUCT = 'Default of the product (general knowledge)';

/**
 * Ports on which a desktop is usually reached. 22 is left out: a shell is everyday work and no desktop.
 * A port names a product only where little else uses it: every VNC server listens on 5900, and development servers like 4000.
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
  byDefault({ port: 3283, proto: 'tcp', name: 'Apple Remote Desktop', tool: 'apple-screen-sharing' }),
  byDefault({ port: 3283, proto: 'udp', name: 'Apple Remote Desktop', tool: 'apple-screen-sharing' }),
  byDefault({ port: 4000, proto: 'tcp', name: 'NoMachine, or anything else' }),
  byDefault({ port: 4172, proto: 'tcp', name: 'PCoIP', tool: 'hp-anyware' }),
  byDefault({ port: 4899, proto: 'tcp', name: 'Radmin', tool: 'radmin' }),
  byDefault({ port: 5405, proto: 'tcp', name: 'NetSupport Manager', tool: 'netsupport-manager' }),
  byDefault({ port: 5650, proto: 'tcp', name: 'Remote Utilities', tool: 'remote-utilities' }),
  byDefault({ port: 5800, proto: 'tcp', name: 'VNC in a browser' }),
  byDefault({ port: 6080, proto: 'tcp', name: 'noVNC', tool: 'novnc' }),
  byDefault({ port: 6129, proto: 'tcp', name: 'DameWare', tool: 'dameware' }),
  ...[6783, 6784, 6785].map((port) =>
    byDefault({ port, proto: 'tcp', name: 'Splashtop Streamer', tool: 'splashtop' }),
  ),
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
    byDefault({ port, proto: 'tcp', name: 'RustDesk direct or relayed connection', tool: 'rustdesk' }),
  ),
  byDefault({ port: 21116, proto: 'udp', name: 'RustDesk rendezvous', tool: 'rustdesk' }),
  ...[47984, 47989, 48010].map((port) =>
    byDefault({ port, proto: 'tcp', name: 'Sunshine', tool: 'sunshine' }),
  ),
];

function byDefault(port: Omit<WatchedPort, 'confidence' | 'sources'>): WatchedPort {
  return { ...port, confidence: 'unconfirmed', sources: [PRODUCT] };
}
