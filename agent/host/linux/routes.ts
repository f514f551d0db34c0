import type { Route, Routes } from '../host.ts';
import { ipFromBytes, ipFromWords } from './addresses.ts';
import { type Files, ifAllowed } from './files.ts';

/** linux/route.h and linux/ipv6_route.h */
const RTF_UP = 0x1;
const RTF_GATEWAY = 0x2;
const RTF_REJECT = 0x200;
const RTF_NOT_ON_A_LINK = 0x8000_0000 + 0x0100_0000 + 0x0010_0000; // local, cached, anycast

export async function readRoutes(files: Files): Promise<Routes> {
  return {
    list: [
      ...routesIn((await files.text('/proc/net/route')) ?? ''),
      ...routes6In((await files.text('/proc/net/ipv6_route')) ?? ''),
    ],
    policyDefault: hasPolicyDefault((await ifAllowed(files.text('/proc/net/fib_trie'))) ?? ''),
  };
}

/** `/proc/net/route`, the IPv4 main table: interface, destination, gateway, flags, …, metric, mask. */
export function routesIn(table: string): readonly Route[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name, destination = '', gateway = '', flagsHex = '0', , , metric, mask = ''] = line
        .trim()
        .split(/\s+/);
      const flags = Number.parseInt(flagsHex, 16);
      if (!name || !(flags & RTF_UP) || flags & RTF_REJECT) return [];
      const route: Route = {
        interface: name,
        family: 4,
        destination: ipFromWords(destination),
        prefixLength: onesIn(mask),
        metric: Number(metric),
      };
      return [flags & RTF_GATEWAY ? { ...route, gateway: ipFromWords(gateway) } : route];
    });
}

/** `/proc/net/ipv6_route`, all tables: destination, length, source, length, next hop, metric, …, flags, interface. */
export function routes6In(table: string): readonly Route[] {
  return table.split('\n').flatMap((line) => {
    const [destination = '', length = '', , , hop = '', metric = '', , , flagsHex = '0', name] = line
      .trim()
      .split(/\s+/);
    const flags = Number.parseInt(flagsHex, 16);
    const none = !name || name === 'lo' || !(flags & RTF_UP) || flags & RTF_REJECT;
    if (none || (flags & RTF_NOT_ON_A_LINK) !== 0 || /^(?:ff|fe[89ab])/.test(destination)) return [];
    const route: Route = {
      interface: name,
      family: 6,
      destination: ipFromBytes(Buffer.from(destination, 'hex')),
      prefixLength: Number.parseInt(length, 16),
      metric: Number.parseInt(metric, 16),
    };
    return [flags & RTF_GATEWAY ? { ...route, gateway: ipFromBytes(Buffer.from(hop, 'hex')) } : route];
  });
}

/**
 * `/proc/net/fib_trie` lists every IPv4 table, without the interfaces: `Main:`, `Local:`, or `Id 51820:` and then its prefixes,
 * a default route as `/0 link UNICAST`.
 */
export function hasPolicyDefault(trie: string): boolean {
  let ownTable = false;
  for (const line of trie.split('\n')) {
    if (/^\S/.test(line)) ownTable = line.startsWith('Id ');
    else if (ownTable && /^\s+\/0 \w+ UNICAST/.test(line)) return true;
  }
  return false;
}

function onesIn(mask: string): number {
  return Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
}
