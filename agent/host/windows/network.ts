import { BlockList } from 'node:net';
import type { NameServer, Neighbor, NetworkInterface, Route, Routes } from '../host.ts';
import { canonicalIp } from '../linux/addresses.ts';
import type { NetworkDocument } from './documents.ts';
import { itemsOf } from './parts.ts';

const MAX_INTERFACES = 500;
const MAX_ROUTES = 10_000;
/** MSFT_NetAdapter.InterfaceOperationalStatus, MSFT_NetIPInterface.ConnectionState */
const UP = 1;
const CONNECTED = 1;
/** Interface types of IANA. */
const IF_TYPE = { ppp: 23, loopback: 24, wireless: 71, tunnel: 131, wwan: 243, wwan2: 244 };
/** NDIS_PHYSICAL_MEDIUM */
const NDIS = { wwan: 8, native80211: 9 };

type Adapter = { readonly type: number; readonly medium: number; readonly component: string } & {
  readonly hardware?: boolean | null | undefined;
};

/**
 * Adapters that speak IP, and interfaces without one: connections that Windows itself dials (PPTP, L2TP, SSTP, IKEv2) have none. The
 * others are filters and the miniports below dialed connections, which are up on every machine.
 */
export function interfacesIn(document: NetworkDocument): readonly NetworkInterface[] {
  const adapters = itemsOf(document.adapters, { source: 'MSFT_NetAdapter' });
  const links = itemsOf(document.links, { source: 'MSFT_NetIPInterface' });
  const loopbacks = loopbacksIn(document);
  const speaking = new Set(links.map(({ index }) => index));
  const known = new Set(adapters.map(({ index }) => index));
  const dialed = Map.groupBy(
    links.filter(({ index }) => !known.has(index)),
    ({ index }) => index,
  );
  return [
    ...adapters
      .filter(({ index, component }) => speaking.has(index) && !isTransition(component))
      .map((adapter): NetworkInterface => {
        const { index, name, status } = adapter;
        return { name, index, up: status === UP, kind: kindOf(adapter), enslaved: false };
      }),
    ...[...dialed].map(([index, both]): NetworkInterface => {
      const kind = loopbacks.has(index) ? 'loopback' : 'ppp';
      const up = both.some(({ connected }) => connected === CONNECTED);
      return { name: both[0]?.name ?? '', index, up, kind, enslaved: false };
    }),
  ].slice(0, MAX_INTERFACES);
}

/** Of Windows itself, on every machine: IPv6 over IPv4. They carry nobody's traffic elsewhere. */
function isTransition(component: string): boolean {
  return /^\*?(?:teredo|isatap|6to4mp)$/i.test(component);
}

/** The hardware id names the driver in no language: WireGuardNT, Wintun, ovpn-dco-win, TAP-Windows and its renamed copies. */
function kindOf({ type, medium, component, hardware }: Adapter): NetworkInterface['kind'] {
  const driver = component.replace(/^.*\\/, '').toLowerCase();
  if (type === IF_TYPE.loopback) return 'loopback';
  if (driver === 'wireguard') return 'wireguard';
  if (driver === 'wintun') return 'tun';
  if (driver.startsWith('ovpn-dco')) return 'openvpn';
  if (driver.startsWith('tap')) return 'tap';
  if (type === IF_TYPE.ppp) return 'ppp';
  if (type === IF_TYPE.tunnel) return 'tunnel';
  if (type === IF_TYPE.wireless || medium === NDIS.native80211) return 'wireless';
  if (type === IF_TYPE.wwan || type === IF_TYPE.wwan2 || medium === NDIS.wwan) return 'cellular';
  return hardware ? 'ethernet' : 'virtual';
}

export function routesIn(document: NetworkDocument): Routes {
  const names = namesIn(document);
  const metrics = new Map(
    itemsOf(document.links, { source: 'MSFT_NetIPInterface' }).map(({ index, family, metric }) => [
      `${index} ${family}`,
      metric,
    ]),
  );
  const isOwn = ownRoutesIn(document);
  const list = itemsOf(document.routes, { source: 'MSFT_NetRoute' })
    .slice(0, MAX_ROUTES)
    .flatMap(({ index, family, to, via, metric }): Route[] => {
      const [written = '', length = ''] = to.split('/');
      const destination = canonicalIp(written);
      const gateway = canonicalIp(via);
      const name = names.get(index);
      if (!name || !destination || !/^\d{1,3}$/.test(length) || NOBODY.check(destination, familyOf(written)))
        return [];
      const onLink = !gateway || gateway === '0.0.0.0' || gateway === '::';
      if (onLink && isOwn(index, to)) return [];
      return [
        {
          interface: name,
          family: destination.includes(':') ? 6 : 4,
          destination,
          prefixLength: Number(length),
          metric: metric + (metrics.get(`${index} ${family}`) ?? 0),
          ...(onLink ? {} : { gateway }),
        },
      ];
    });
  return { list, policyDefault: false };
}

/** Multicast, broadcast, loopback and link-local: every interface has these. */
const NOBODY = new BlockList();
for (const [network, length, family] of [
  ['224.0.0.0', 4, 'ipv4'],
  ['255.255.255.255', 32, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['ff00::', 8, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['::1', 128, 'ipv6'],
] as const) {
  NOBODY.addSubnet(network, length, family);
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return ip.includes(':') ? 'ipv6' : 'ipv4';
}

/** Windows lists a route to each address of its own, and to the broadcast address beside it. */
function ownRoutesIn(document: NetworkDocument): (index: number, to: string) => boolean {
  const own = new Set<string>();
  for (const { index, ip, length } of itemsOf(document.addresses, { source: 'MSFT_NetIPAddress' })) {
    const address = canonicalIp(ip);
    if (!address) continue;
    own.add(`${index} ${address}/${address.includes(':') ? 128 : 32}`);
    if (!address.includes(':') && length < 31) own.add(`${index} ${broadcastOf(address, length)}/32`);
  }
  return (index, to) => own.has(`${index} ${to}`);
}

function broadcastOf(ip: string, length: number): string {
  const address = Buffer.from(ip.split('.').map(Number)).readUInt32BE();
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((address | (2 ** (32 - length) - 1)) >>> 0);
  return [...bytes].join('.');
}

function namesIn(document: NetworkDocument): ReadonlyMap<number, string> {
  return new Map(interfacesIn(document).map(({ index, name }) => [index, name]));
}

function loopbacksIn(document: NetworkDocument): ReadonlySet<number> {
  const addresses = itemsOf(document.addresses, { source: 'MSFT_NetIPAddress' });
  return new Set(addresses.filter(({ ip }) => ip === '127.0.0.1' || ip === '::1').map(({ index }) => index));
}

export function neighborsIn(document: NetworkDocument): readonly Neighbor[] {
  const names = namesIn(document);
  return itemsOf(document.neighbors, { source: 'MSFT_NetNeighbor' }).flatMap(
    ({ index, ip, mac: written }) => {
      const mac = written.toLowerCase().replaceAll('-', ':');
      const name = names.get(index);
      // Nobody's address, and those of groups, whose first byte is odd.
      const isKnown = /^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/.test(mac) && mac !== '00:00:00:00:00:00';
      return name && isKnown ? [{ ip, mac, interface: name }] : [];
    },
  );
}

/** Those of interfaces that are up. An interface that was told none has three site-local addresses that never answer. */
export function nameServersIn(document: NetworkDocument): readonly NameServer[] {
  const up = new Set(
    interfacesIn(document)
      .filter((one) => one.up)
      .map(({ index }) => index),
  );
  return itemsOf(document.servers, { source: 'MSFT_DNSClientServerAddress' })
    .filter(({ index }) => up.has(index))
    .flatMap(({ index, ips }) =>
      ips.flatMap((written) => {
        const ip = canonicalIp(written);
        return ip && !/^fec0:0:0:ffff::[123]$/.test(ip) ? [{ ip, interfaceIndex: index }] : [];
      }),
    );
}
