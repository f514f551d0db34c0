import { BROWSER } from './browser.ts';
import { DESKTOP_CLIENTS } from './desktop-clients.ts';
import { DESKTOP_SERVERS } from './desktop-servers.ts';
import { FLEET_AGENTS } from './fleet-agents.ts';
import { KEEP_AWAKE } from './keep-awake.ts';
import { MESH } from './mesh.ts';
import { PORTS } from './ports.ts';
import { PROXY } from './proxy.ts';
import { PROXYWARE } from './proxyware.ts';
import { REMOTE_ACCESS } from './remote-access.ts';
import { REMOTE_SHELLS } from './remote-shells.ts';
import { REMOTE_SUPPORT } from './remote-support.ts';
import { RMM } from './rmm.ts';
import type { Catalog } from './schema.ts';
import { SHARED_DESKS } from './shared-desks.ts';
import { SUPPORT_SESSIONS } from './support-sessions.ts';
import { TUNNELS } from './tunnels.ts';
import { VPN } from './vpn.ts';
import { VPN_CORPORATE } from './vpn-corporate.ts';

export { ADVISORIES } from './advisories.ts';

export const CATALOG: Catalog = {
  version: '2026.11.22',
  tools: [
    ...REMOTE_ACCESS,
    ...REMOTE_SUPPORT,
    ...SUPPORT_SESSIONS,
    ...RMM,
    ...FLEET_AGENTS,
    ...DESKTOP_SERVERS,
    ...DESKTOP_CLIENTS,
    ...SHARED_DESKS,
    ...VPN,
    ...VPN_CORPORATE,
    ...MESH,
    ...PROXY,
    ...TUNNELS,
    ...REMOTE_SHELLS,
    ...BROWSER,
    ...KEEP_AWAKE,
    ...PROXYWARE,
  ],
  ports: PORTS,
};
