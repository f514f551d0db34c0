import { isIPv4 } from 'node:net';
import type { Route, Routes } from '../host.ts';
import { canonicalIp } from '../linux/addresses.ts';
import { linesOf, unreadable } from './reading.ts';

/** `netstat -rnl`: `Internet:` and `Internet6:`, each with a line of titles; how many columns stand before `Netif` differs. */
export function routesIn(text: string): Routes {
  const list: Route[] = [];
  let family: 4 | 6 | undefined;
  let interfaceColumn = -1;
  for (const line of linesOf(text)) {
    if (line === 'Internet:') family = 4;
    else if (line === 'Internet6:') family = 6;
    else if (line.startsWith('Destination ')) interfaceColumn = line.trim().split(/\s+/).indexOf('Netif');
    else if (family && interfaceColumn > 2) {
      const route = routeOf(line.trim().split(/\s+/), family, interfaceColumn);
      if (route) list.push(route);
    }
  }
  if (interfaceColumn < 3) throw unreadable('no routing table of a known form');
  return { list, policyDefault: false };
}

/** A tunnel's route of the second rank carries nothing: every Mac has such default routes for its own services. */
const TUNNEL = /^(?:utun|ipsec|ppp|tun|tap|feth)\d/;

function routeOf(columns: readonly string[], family: 4 | 6, interfaceColumn: number): Route | undefined {
  const [written = '', gateway = '', flags = ''] = columns;
  const name = columns[interfaceColumn];
  if (!name || /^lo\d/.test(name) || !flags.startsWith('U') || /[RBbm]/.test(flags)) return undefined;
  // Neighbors, and what the kernel adds for its own addresses; what somebody set has an S.
  if (flags.includes('H') && !flags.includes('S')) return undefined;
  // Used only by what was bound to the interface, such as the default routes behind the first one.
  const isSecondRank = flags.includes('I');
  if (isSecondRank && TUNNEL.test(name)) return undefined;
  const network = family === 4 ? networkOf(written, flags) : network6Of(written);
  if (!network) return undefined;
  const via = flags.includes('G') ? canonicalIp(gateway) : undefined;
  // The kernel makes one for the machine itself and for its router, in the middle of their network.
  if (!via && network.prefixLength === (family === 4 ? 32 : 128) && !TUNNEL.test(name)) return undefined;
  return {
    interface: name,
    family,
    ...network,
    ...(via ? { gateway: via } : {}),
    metric: isSecondRank ? 1 : 0,
  };
}

type Network = Pick<Route, 'destination' | 'prefixLength'>;

/** `default`, `10.8/16`, `0/1`; zeros at the end are left out, and so is the length of the old classes: `127`, `192.168.1`. */
function networkOf(written: string, flags: string): Network | undefined {
  if (written === 'default') return { destination: '0.0.0.0', prefixLength: 0 };
  const [short = '', length] = written.split('/');
  const octets = short.split('.');
  const destination = [...octets, '0', '0', '0'].slice(0, Math.max(4, octets.length)).join('.');
  const isMulticast = Number(octets[0]) >= 224;
  if (!isIPv4(destination) || isMulticast) return undefined;
  const implied = flags.includes('H') ? 32 : octets.length * 8;
  return { destination, prefixLength: length === undefined ? implied : Number(length) };
}

/** `default`, `2001:db8::/32`, `fe80::%en0/64`; a whole address is a host. Link-local and multicast networks are everywhere. */
function network6Of(written: string): Network | undefined {
  if (written === 'default') return { destination: '::', prefixLength: 0 };
  const [address = '', length] = written.split('/');
  const destination = canonicalIp(address);
  if (!destination?.includes(':') || /^(?:ff|fe[89ab])/.test(destination)) return undefined;
  return { destination, prefixLength: length === undefined ? 128 : Number(length) };
}
