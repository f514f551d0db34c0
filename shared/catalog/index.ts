import { MESH } from './mesh.ts';
import { PORTS } from './ports.ts';
import { PROXY } from './proxy.ts';
import { REMOTE_ACCESS } from './remote-access.ts';
import type { Catalog } from './schema.ts';
import { VPN } from './vpn.ts';

export { ADVISORIES } from './advisories.ts';

export const CATALOG: Catalog = {
  version: '2026.11.22',
  tools: [...REMOTE_ACCESS, ...VPN, ...MESH, ...PROXY],
  ports: PORTS,
};
