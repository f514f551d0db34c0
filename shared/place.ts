import { inNetwork, isIpv6, networkOf, normalIp } from './ip.ts';

/** Addresses that mean another machine on every network: nobody is brought together by having one. */
const LOCAL_ONLY = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::/127',
  'fc00::/7',
  'fe80::/10',
];

/**
 * The place that an egress address is: `egress:198.51.100.7`, or `egress:2001:db8::/64`, since one line of IPv6 has a whole /64.
 * Undefined for private and loopback addresses and for what is no address.
 */
export function placeOfEgress(ip: string): string | undefined {
  const address = normalIp(ip);
  if (address === undefined || LOCAL_ONLY.some((network) => inNetwork(address, network))) return undefined;
  return `egress:${isIpv6(address) ? networkOf(address, 64) : address}`;
}
