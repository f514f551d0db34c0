import ipaddr from 'ipaddr.js';
import { normalIp } from '../../shared/ip.ts';

/** An address as unsigned words of 32 bits, the highest first; IPv4 has `w0` alone. */
export interface Bits {
  readonly width: 32 | 128;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

/** All addresses that begin with the first `length` bits. */
export interface Range {
  readonly bits: Bits;
  readonly length: number;
}

/** An address in its one spelling; undefined for text that is none. */
export function spelledBits(text: string): (Bits & { readonly ip: string }) | undefined {
  const v4 = fourParts(text);
  if (v4 >= 0) return { ip: text, width: 32, w0: v4, w1: 0, w2: 0, w3: 0 };
  const ip = normalIp(text);
  if (ip === undefined) return undefined;
  const bytes = Buffer.from(ipaddr.parse(ip).toByteArray());
  const word = (index: number): number =>
    bytes.length === 16 || index === 0 ? bytes.readUInt32BE(4 * index) : 0;
  return {
    ip,
    width: bytes.length === 4 ? 32 : 128,
    w0: word(0),
    w1: word(1),
    w2: word(2),
    w3: word(3),
  };
}

/** A range such as `192.0.2.0/24`; undefined for anything else, and for v4-mapped ones, which would be compared with the wrong width. */
export function rangeOf(cidr: string): Range | undefined {
  const slash = cidr.indexOf('/');
  const digits = cidr.slice(slash + 1);
  if (slash === -1 || !/^\d{1,3}$/.test(digits)) return undefined;
  const ip = cidr.slice(0, slash);
  if (ip.includes('%') || /^::ffff:/i.test(ip)) return undefined;
  const bits = spelledBits(ip);
  const length = Number(digits);
  return bits && length <= bits.width ? { bits, length } : undefined;
}

const ZERO = 0x30;
const DOT = 0x2e;

// Ten times as fast as the library's patterns; every lookup begins here. As there, no part may begin with a zero: 010 is 8 to some.
function fourParts(text: string): number {
  if (text.length > 15) return -1;
  let [value, part, digits, parts] = [0, 0, 0, 1];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || parts === 4) return -1;
      [value, part, digits, parts] = [value * 256 + part, 0, 0, parts + 1];
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return -1;
    part = part * 10 + digit;
    digits += 1;
    if (part > 255) return -1;
  }
  return parts === 4 && digits > 0 ? value * 256 + part : -1;
}
