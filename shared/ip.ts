import ipaddr from 'ipaddr.js';
import * as z from 'zod/mini';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

export const cidrSchema = z.string().check(
  z.maxLength(49),
  z.refine((text) => parseCidr(text) !== undefined, 'expected a network such as 198.51.100.0/24'),
);

/** The one spelling of an address: `::ffff:192.0.2.1` is `192.0.2.1`, IPv6 as RFC 5952 has it. Undefined for what is none. */
export function normalIp(text: string): string | undefined {
  return parseIp(text)?.toString();
}

/** Whether `ip` lies in `cidr`; false when either cannot be read or they are of different families. */
export function inNetwork(ip: string, cidr: string): boolean {
  const address = parseIp(ip);
  const network = parseCidr(cidr);
  if (!address || !network || address.kind() !== network.range.kind()) return false;
  return address.match(network.range, network.prefix);
}

/** As `inNetwork` for any of these networks, which are read once: reading costs many times what comparing does. */
export function anyNetwork(cidrs: readonly string[]): (ip: string) => boolean {
  const networks = cidrs.flatMap((cidr) => parseCidr(cidr) ?? []);
  return (ip) => {
    const address = parseIp(ip);
    return networks.some(
      ({ range, prefix }) => address?.kind() === range.kind() && address.match(range, prefix),
    );
  };
}

/** The network of `prefix` bits around an address, such as `2001:db8::/64`; undefined for what is no address. */
export function networkOf(ip: string, prefix: number): string | undefined {
  const address = parseIp(ip);
  if (!address) return undefined;
  const cidr = `${address.toString()}/${prefix}`;
  const network =
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return `${network.toString()}/${prefix}`;
}

export function isIpv6(ip: string): boolean {
  return parseIp(ip)?.kind() === 'ipv6';
}

/** The library alone would also take `1` and `0x7f.1`. A zone (`%eth0`) names an interface of this machine and is dropped. */
function parseIp(written: string): Address | undefined {
  const [text = ''] = written.split('%', 1);
  if (text.length > 45) return undefined;
  // Asked about the other family, the library throws inside, which costs a hundred times the answer.
  const known = text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  return known ? ipaddr.process(text) : undefined;
}

function parseCidr(text: string): { readonly range: Address; readonly prefix: number } | undefined {
  const [ip = '', length = '', ...rest] = text.split('/');
  const range = parseIp(ip);
  if (!range || rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const prefix = Number(length);
  return prefix > (range.kind() === 'ipv4' ? 32 : 128) ? undefined : { range, prefix };
}
