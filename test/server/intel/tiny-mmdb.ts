import ipaddr from 'ipaddr.js';

type Value = string | number | readonly Value[] | { readonly [key: string]: Value };

/** Bytes of an MMDB file (format 2.0) with these ranges. In a tree of version 6, IPv4 stands below ::/96. */
export function tinyMmdb(options: {
  readonly type: string;
  readonly ipVersion: 4 | 6;
  /** Bits; 24 where left out. */
  readonly recordSize?: 24 | 28 | 32;
  readonly ranges: readonly (readonly [cidr: string, record: Value])[];
}): Buffer {
  const nodes: [Slot, Slot][] = [['empty', 'empty']];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [cidr, record] of options.ranges) {
    insert(nodes, bitsOf(cidr, options.ipVersion), { data: offset });
    const bytes = encoded(record);
    data.push(bytes);
    offset += bytes.length;
  }
  const { recordSize = 24 } = options;
  const tree = Buffer.concat(nodes.map((node) => nodeOf(node, nodes.length, recordSize)));
  const metadata = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: Date.UTC(2026, 2, 1) / 1000,
    database_type: options.type,
    description: {},
    ip_version: options.ipVersion,
    languages: [],
    node_count: nodes.length,
    record_size: recordSize,
  };
  const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
  return Buffer.concat([tree, Buffer.alloc(16), ...data, marker, encoded(metadata)]);
}

type Slot = 'empty' | { readonly node: number } | { readonly data: number };

function insert(nodes: [Slot, Slot][], bits: readonly (0 | 1)[], leaf: Slot): void {
  let at = 0;
  for (const bit of bits.slice(0, -1)) {
    const node = nodes[at];
    const slot = node?.[bit];
    if (!node || !slot) throw new Error('no such node');
    if (typeof slot === 'object' && 'node' in slot) {
      at = slot.node;
      continue;
    }
    nodes.push([slot, slot]);
    node[bit] = { node: nodes.length - 1 };
    at = nodes.length - 1;
  }
  const [last, node] = [bits.at(-1), nodes[at]];
  if (last !== undefined && node) node[last] = leaf;
}

function bitsOf(cidr: string, ipVersion: 4 | 6): readonly (0 | 1)[] {
  const [address, length] = ipaddr.parseCIDR(cidr);
  const own = address
    .toByteArray()
    .flatMap((byte) => Array.from({ length: 8 }, (_, bit): 0 | 1 => ((byte >> (7 - bit)) & 1 ? 1 : 0)))
    .slice(0, length);
  const below: readonly 0[] = ipVersion === 6 && address.kind() === 'ipv4' ? Array(96).fill(0) : [];
  return [...below, ...own];
}

function nodeOf(node: readonly [Slot, Slot], nodeCount: number, bits: 24 | 28 | 32): Buffer {
  const [left, right] = node.map((slot) =>
    slot === 'empty' ? nodeCount : 'node' in slot ? slot.node : nodeCount + 16 + slot.data,
  ) as [number, number];
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  // Of 28 bits the highest four of both stand together in the middle.
  const [l, r] = [hex(left, bits / 4), hex(right, bits / 4)];
  return Buffer.from(bits === 28 ? `${l.slice(1)}${l[0]}${r[0]}${r.slice(1)}` : l + r, 'hex');
}

const TYPES = { string: 2, double: 3, uint32: 6, map: 7, array: 11 };

function encoded(value: Value): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([control(TYPES.string, bytes.length), bytes]);
  }
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? uint32(value) : double(value);
  if (Array.isArray(value))
    return Buffer.concat([control(TYPES.array, value.length), ...value.map((item: Value) => encoded(item))]);
  const entries = Object.entries(value);
  return Buffer.concat([
    control(TYPES.map, entries.length),
    ...entries.flatMap(([key, item]) => [encoded(key), encoded(item)]),
  ]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return Buffer.concat([control(TYPES.uint32, 4), bytes]);
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return Buffer.concat([control(TYPES.double, 8), bytes]);
}

function control(type: number, size: number): Buffer {
  const [small, more] = size < 29 ? [size, []] : [29, [size - 29]];
  return type > 7 ? Buffer.from([small, type - 7, ...more]) : Buffer.from([(type << 5) | small, ...more]);
}
