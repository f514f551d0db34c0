import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An address as a number of 32 or 128 bits. */
export interface Address {
  readonly bits: bigint;
  readonly width: 32 | 128;
  /** Whether the public Internet routes it: not private, loopback, link-local, shared (CGNAT), documentation, 6to4 and the like. */
  readonly routable: boolean;
}

/** The one spelling of an address: `::ffff:192.0.2.1` is `192.0.2.1`, IPv6 is compressed, lower case and without zone. Other text stays as it is. */
export function normalizeIp(text: string): string {
  return parsed(text)?.toString() ?? text;
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
  const plain = text.split('%', 1)[0] ?? text;
  // ipaddr.js alone would also take "1" and "0x7f.1".
  return isIP(plain) === 0 ? undefined : ipaddr.process(plain);
}

/** RFC 9637, younger than the table of ipaddr.js. */
function isNewDocumentation(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address instanceof ipaddr.IPv6 && address.match(ipaddr.IPv6.parse('3fff::'), 20);
}
