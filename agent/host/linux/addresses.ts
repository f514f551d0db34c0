import { isIP } from 'node:net';

/** 8 or 32 hex digits of the kernel, whose 32-bit words are little-endian on every machine that Node 24 runs on but s390x. */
export function ipFromWords(hex: string): string {
  return ipFromBytes(Buffer.from(hex.replace(/(..)(..)(..)(..)/g, '$4$3$2$1'), 'hex'));
}

/** 4 or 16 bytes in network order. */
export function ipFromBytes(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return canonicalIp(groups.join(':')) ?? '::';
}

/** One spelling for each address, IPv4 inside IPv6 as IPv4; undefined for what is none. */
export function canonicalIp(text: string): string | undefined {
  const [address = ''] = text.split('%');
  const version = isIP(address);
  if (version !== 6) return version === 4 ? address : undefined;
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short);
  if (!mapped) return short;
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
