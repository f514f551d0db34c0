import ipaddr from 'ipaddr.js';
import { normalIp } from '../../shared/ip.ts';

/** An address as a number of 32 or 128 bits. */
export interface Address {
  readonly bits: bigint;
  readonly width: 32 | 128;
  /** Whether the public Internet routes it: not private, loopback, link-local, shared (CGNAT), documentation, 6to4 and the like. */
  readonly routable: boolean;
}

/** Undefined for text that is not an address. */
export function addressOf(text: string): Address | undefined {
  const address = parsed(text);
  if (!address) return undefined;
  const bytes = address.toByteArray();
  return {
    bits: BigInt(`0x${Buffer.from(bytes).toString('hex')}`),
    width: bytes.length === 4 ? 32 : 128,
    routable: address.range() === 'unicast' && !isNewDocumentation(address),
  };
}

function parsed(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const normal = normalIp(text);
  return normal === undefined ? undefined : ipaddr.parse(normal);
}

/** RFC 9637, younger than the table of ipaddr.js. */
function isNewDocumentation(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address instanceof ipaddr.IPv6 && address.match(ipaddr.IPv6.parse('3fff::'), 20);
}
