import * as z from 'zod/mini';

/** An address as a number. IPv4 written inside IPv6 (`::ffff:192.0.2.1`) is IPv4. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export const cidrSchema = z.string().check(
  z.maxLength(49),
  z.refine((text) => parseCidr(text) !== undefined, 'expected a network such as 198.51.100.0/24'),
);

/** Reads an IPv4 or IPv6 address; undefined when it is none. A zone (`%eth0`) is none. */
export function parseIp(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  const v4 = parseV4(text);
  if (v4 !== undefined) return { bits: 32, value: v4 };
  const v6 = parseV6(text);
  if (v6 === undefined) return undefined;
  return v6 >> 32n === 0xffffn ? { bits: 32, value: v6 & 0xffffffffn } : { bits: 128, value: v6 };
}

/** Whether `ip` lies in `cidr`; false when either cannot be read or they are of different families. */
export function inNetwork(ip: string, cidr: string): boolean {
  const address = parseIp(ip);
  const network = parseCidr(cidr);
  if (!address || !network || address.bits !== network.bits) return false;
  const hostBits = BigInt(network.bits - network.prefix);
  return address.value >> hostBits === network.value >> hostBits;
}

/** An address in its shortest usual form (RFC 5952 without embedded IPv4). */
export function ipText({ bits, value }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = groupsOf(value).map((group) => group.toString(16));
  const zeros = longestZeros(groups);
  if (zeros.length < 2) return groups.join(':');
  return `${groups.slice(0, zeros.at).join(':')}::${groups.slice(zeros.at + zeros.length).join(':')}`;
}

function parseCidr(text: string): (Address & { readonly prefix: number }) | undefined {
  const [ip = '', length, ...rest] = text.split('/');
  if (rest.length > 0 || length === undefined || !/^\d{1,3}$/.test(length)) return undefined;
  const address = parseIp(ip);
  if (!address || Number(length) > address.bits) return undefined;
  return { ...address, prefix: Number(length) };
}

function parseV4(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsIn);
  if (!head) return undefined;
  if (halves.length === 1) return head.length === 8 ? joined(head) : undefined;
  if (!tail || head.length + tail.length > 7) return undefined;
  return joined([...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]);
}

function groupsIn(half: string): readonly number[] | undefined {
  if (half === '') return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 !== undefined) groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function joined(groups: readonly number[]): bigint {
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function groupsOf(value: bigint): readonly bigint[] {
  return Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
}

function longestZeros(groups: readonly string[]): { readonly at: number; readonly length: number } {
  let best = { at: 0, length: 0 };
  for (let at = 0; at < groups.length; at++) {
    let length = 0;
    while (groups[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
  }
  return best;
}
