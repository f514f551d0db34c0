import { normalIp } from '../../shared/ip.ts';

/** The part of a PROXY protocol v2 header that has always the same length (haproxy.org, proxy-protocol.txt, 2.2). */
export const PROXY_PREFIX_BYTES = 16;
/** The format allows 65535; real ones, with all their extras, have some hundred. */
export const MOST_PROXY_BYTES = 4_096;

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const [LOCAL, PROXY] = [0x20, 0x21];
const [INET, INET6] = [1, 2];

export interface ProxyPrefix {
  /** The proxy speaks for itself, as health checks do. */
  readonly local: boolean;
  readonly family: number;
  /** How many bytes follow: addresses, then extras that nobody here needs. */
  readonly length: number;
}

/** Reads the first 16 bytes. Undefined for what is no version 2 header, or one of unreasonable length. */
export function readPrefix(bytes: Buffer): ProxyPrefix | undefined {
  if (bytes.length !== PROXY_PREFIX_BYTES || !bytes.subarray(0, 12).equals(SIGNATURE)) return undefined;
  const command = bytes.readUInt8(12);
  const length = bytes.readUInt16BE(14);
  if ((command !== LOCAL && command !== PROXY) || length > MOST_PROXY_BYTES) return undefined;
  return { local: command === LOCAL, family: bytes.readUInt8(13) >> 4, length };
}

/** The client's address of the bytes after the prefix. Undefined where they name none: then nobody knows who it is. */
export function readSource({ family }: ProxyPrefix, bytes: Buffer): string | undefined {
  if (family === INET && bytes.length >= 12) return normalIp(bytes.subarray(0, 4).join('.'));
  if (family === INET6 && bytes.length >= 36) {
    const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
    return normalIp(groups.join(':'));
  }
  return undefined;
}
