import { BlockList, isIP } from 'node:net';

const LOOPBACK = listOf(['127.0.0.0/8', '::1/128']);
/** RFC 1918, 3927, 4193, 4291, 6598. */
const LOCAL = listOf([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
  'fe80::/10',
]);

export function isLoopback(ip: string): boolean {
  return has(LOOPBACK, ip);
}

/** An address that reaches no further than a home, an office or a carrier's network. */
export function isLocalNetwork(ip: string): boolean {
  return has(LOCAL, ip);
}

export function contains(network: string, prefixLength: number, ip: string): boolean {
  return has(listOf([`${network}/${prefixLength}`]), ip);
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', length] = network.split('/');
    list.addSubnet(address, Number(length), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function has(list: BlockList, ip: string): boolean {
  return list.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');
}
