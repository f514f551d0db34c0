import { DESKTOP_CLIENTS } from './desktop-clients.ts';
import { DESKTOP_SERVERS } from './desktop-servers.ts';
import { KEEP_AWAKE } from './keep-awake.ts';
import { MESH } from './mesh.ts';
import { PORTS } from './ports.ts';
import { PROXY } from './proxy.ts';
import { PROXYWARE } from './proxyware.ts';
import { REMOTE_ACCESS } from './remote-access.ts';
import { REMOTE_SUPPORT } from './remote-support.ts';
import { RMM } from './rmm.ts';
import type { Catalog } from './schema.ts';
import { TUNNELS } from './tunnels.ts';
import { VPN } from './vpn.ts';
import { VPN_CORPORATE } from './vpn-corporate.ts';

export { ADVISORIES } from './advisories.ts';

export const CATALOG: Catalog = {
  version: '2026.11.22',
  tools: [
    ...REMOTE_ACCESS,
    ...REMOTE_SUPPORT,
    ...RMM,
    ...DESKTOP_SERVERS,
    ...DESKTOP_CLIENTS,
    ...VPN,
    ...VPN_CORPORATE,
    ...MESH,
    ...PROXY,
    ...TUNNELS,
    ...KEEP_AWAKE,
    ...PROXYWARE,
  ],
  ports: PORTS,
};
