import type { Matcher } from '../../shared/catalog/match.ts';
import type { FactOf } from '../../shared/facts.ts';
import type { NameServer, NetworkInterface, Route, Routes } from '../host/host.ts';
import { contains } from './addresses.ts';
import type { Probe } from './probe.ts';

type Tunnel = FactOf<'tunnel'>;

export const tunnelProbe: Probe = {
  name: 'tunnel',
  kinds: ['tunnel'],
  everySeconds: 10,
  timeoutMs: 5_000,
  reads:
    'Network interfaces that carry a VPN or another tunnel: their name and type, whether all traffic or a part of it goes through, and whether name look-ups do.',
  never: 'Addresses you visit, keys, account names of the VPN and the traffic itself are never read.',
  async run({ host, matcher }) {
    const tunnels = (await host.interfaces()).filter(isTunnel);
    if (tunnels.length === 0) return [];
    const routes = await host.routes();
    const servers = await host.nameServers();
    return tunnels.map((tunnel): Tunnel => {
      const tool = toolOf(matcher, tunnel.name);
      return {
        kind: 'tunnel',
        interface: tunnel.name,
        type: typeOf(tunnel, tool),
        ...(tool ? { tool } : {}),
        routes: routesThrough(tunnel, routes, tunnels),
        dns: resolvesThrough(tunnel, servers, routes.list),
      };
    });
  },
};

const TYPES: Partial<Record<NetworkInterface['kind'], Tunnel['type']>> = {
  wireguard: 'wireguard',
  openvpn: 'openvpn',
  tun: 'tun',
  tap: 'tap',
  ppp: 'ppp',
  ipsec: 'ipsec',
  tunnel: 'other',
};

/** The tap of a virtual machine is the port of a bridge, and no tunnel. */
function isTunnel({ kind, up, enslaved }: NetworkInterface): boolean {
  return up && !enslaved && TYPES[kind] !== undefined;
}

function typeOf({ kind }: NetworkInterface, tool: string | undefined): Tunnel['type'] {
  const type = TYPES[kind] ?? 'other';
  return type === 'tun' && tool === 'openvpn' ? 'openvpn' : type;
}

/** Named only when one product alone uses this name. */
function toolOf(matcher: Matcher, name: string): string | undefined {
  const ids = new Set(matcher.match('interface', name).map(({ tool }) => tool.id));
  return ids.size === 1 ? [...ids][0] : undefined;
}

function routesThrough(
  tunnel: NetworkInterface,
  { list, policyDefault }: Routes,
  tunnels: readonly NetworkInterface[],
): Tunnel['routes'] {
  if (isFull(tunnel.name, list)) return 'full';
  // A default route in a table of its own can only be this tunnel's when there is no other.
  if (policyDefault && tunnels.length === 1) return 'full';
  return list.some((route) => route.interface === tunnel.name) ? 'split' : 'none';
}

/** A default route that wins, or both halves of the address space, which win over any default route. */
function isFull(name: string, routes: readonly Route[]): boolean {
  return ([4, 6] as const).some((family) => {
    const all = routes.filter((route) => route.family === family);
    const own = all.filter((route) => route.interface === name);
    const halves = own.filter(({ prefixLength }) => prefixLength === 1);
    return new Set(halves.map(({ destination }) => destination)).size === 2 || winsDefault(name, all);
  });
}

/** IPv6 routes come from several tables, whose metrics cannot be compared. */
function winsDefault(name: string, routes: readonly Route[]): boolean {
  const defaults = routes.filter(({ prefixLength }) => prefixLength === 0);
  const own = defaults.filter((route) => route.interface === name);
  const best = Math.min(...defaults.map(({ metric }) => metric));
  return own.some(({ family, metric }) => family === 6 || metric === best);
}

function resolvesThrough(
  tunnel: NetworkInterface,
  servers: readonly NameServer[],
  routes: readonly Route[],
): boolean {
  const own = routes.filter((route) => route.interface === tunnel.name && route.prefixLength > 1);
  return servers.some(
    ({ ip, interfaceIndex }) =>
      interfaceIndex === tunnel.index ||
      own.some(({ destination, prefixLength }) => contains(destination, prefixLength, ip)),
  );
}
