import { Reader } from 'mmdb-lib';
import type { Bits } from './bits.ts';
import { recordReader } from './mmdb-records.ts';

/** What one MMDB file says, record by record. */
export interface Mmdb<T> {
  readonly type: string;
  readonly builtAt: Date;
  /** Undefined for what it does not know. Throws where the file is damaged. */
  find(bits: Bits): T | undefined;
}

/** Turns a decoded record into what is used of it; undefined for a record that tells nothing of it. */
export type ParseRecord<T> = (value: unknown) => T | undefined;

/**
 * Takes a whole file. Throws for one that is no MMDB, cut off, damaged where it is looked at, or about something else: nodes from end to
 * end are visited, and records decoded, before any answer depends on it.
 */
export function openMmdb<T>(bytes: Buffer, parse: ParseRecord<T>): Mmdb<T> {
  const tree = treeOf(bytes);
  const records = decodedRecords(bytes, tree, parse);
  check(tree, records);
  const { metadata, ipv4Root } = tree;
  const { nodeCount, ipVersion } = metadata;
  const halves = firstHalves(tree, ipv4Root);
  return {
    type: metadata.databaseType,
    builtAt: metadata.buildEpoch,
    find(bits) {
      if (bits.width === 128 && ipVersion === 4) return undefined;
      const leaf =
        bits.width === 32
          ? descend(tree, halves[bits.w0 >>> FIRST_BITS] ?? 0, bits.w0 << FIRST_BITS)
          : descendAll(tree, bits);
      return leaf > nodeCount ? records(leaf) : undefined;
    },
  };
}

interface Tree {
  readonly bytes: Buffer;
  readonly metadata: Reader<never>['metadata'];
  readonly recordSize: number;
  /** Where IPv4 begins: below 96 zeros in a tree of IPv6. */
  readonly ipv4Root: number;
  /** The first number that would point behind the records. */
  readonly end: number;
}

const SEPARATOR_BYTES = 16;

// The reader walks with text addresses and decodes anew each time; walking here and keeping records is an order of magnitude faster.
function treeOf(bytes: Buffer): Tree {
  const { metadata } = new Reader<never>(bytes);
  const { nodeCount, searchTreeSize, recordSize, ipVersion, binaryFormatMajorVersion } = metadata;
  const dataBytes = bytes.lastIndexOf(METADATA_MARKER) - searchTreeSize;
  if (binaryFormatMajorVersion !== 2) throw new SyntaxError(`unknown format ${binaryFormatMajorVersion}`);
  if (![24, 28, 32].includes(recordSize) || ![4, 6].includes(ipVersion))
    throw new SyntaxError(`records of ${recordSize} bits, addresses of version ${ipVersion}`);
  if (nodeCount < 1 || dataBytes <= SEPARATOR_BYTES) throw new SyntaxError('shorter than it says');
  const tree = { bytes, metadata, recordSize, ipv4Root: 0, end: nodeCount + dataBytes };
  let root = 0;
  for (let bit = 0; bit < 96 && ipVersion === 6 && root < nodeCount; bit += 1) root = child(tree, root, 0);
  return { ...tree, ipv4Root: root };
}

const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');

function descendAll(tree: Tree, { w0, w1, w2, w3 }: Bits): number {
  return descend(tree, descend(tree, descend(tree, descend(tree, 0, w0), w1), w2), w3);
}

/** Below `from` by the bits of a word, from the highest, until a record or the bits end. */
function descend(tree: Tree, from: number, word: number): number {
  const { nodeCount } = tree.metadata;
  let node = from;
  for (let bit = 31; bit >= 0 && node < nodeCount; bit -= 1) node = child(tree, node, (word >>> bit) & 1);
  return node;
}

// Byte by byte: `readUIntBE` checks its arguments anew at each of the 24 steps of a lookup.
function child({ bytes, recordSize }: Tree, node: number, side: number): number {
  if (recordSize === 28) {
    const at = node * 7 + 4 * side;
    const high = bytes[node * 7 + 3] ?? 0;
    return (
      ((side === 0 ? high >> 4 : high & 0x0f) << 24) |
      ((bytes[at] ?? 0) << 16) |
      ((bytes[at + 1] ?? 0) << 8) |
      (bytes[at + 2] ?? 0)
    );
  }
  const size = recordSize / 8;
  const at = size * (2 * node + side);
  const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  return size === 3 ? three : three * 256 + (bytes[at + 3] ?? 0);
}

const FIRST_BITS = 16;

/** Where each first half of an IPv4 address leads: it spares a lookup two thirds of its steps for 256 KB. */
function firstHalves(tree: Tree, root: number): Uint32Array {
  const halves = new Uint32Array(2 ** FIRST_BITS);
  const fill = (node: number, depth: number, from: number): void => {
    const count = 2 ** (FIRST_BITS - depth);
    if (depth === FIRST_BITS || node >= tree.metadata.nodeCount) {
      halves.fill(node, from, from + count);
      return;
    }
    fill(child(tree, node, 0), depth + 1, from);
    fill(child(tree, node, 1), depth + 1, from + count / 2);
  };
  fill(root, 0, 0);
  return halves;
}

// Many addresses share one record; about 2 MB with cities.
const KEPT_RECORDS = 8_192;

function decodedRecords<T>(
  bytes: Buffer,
  { metadata, end }: Tree,
  parse: ParseRecord<T>,
): (leaf: number) => T | undefined {
  const { nodeCount, searchTreeSize } = metadata;
  const from = searchTreeSize + SEPARATOR_BYTES;
  const read = recordReader({ bytes, from, to: end - nodeCount + searchTreeSize });
  const leaves = new Uint32Array(KEPT_RECORDS);
  const kept = new Array<T | undefined>(KEPT_RECORDS).fill(undefined);
  return (leaf) => {
    const slot = leaf % KEPT_RECORDS;
    if (leaves[slot] === leaf) return kept[slot];
    if (leaf < nodeCount + SEPARATOR_BYTES || leaf >= end) throw new RangeError(`no record at ${leaf}`);
    const record = parse(read(leaf - nodeCount + searchTreeSize));
    leaves[slot] = leaf;
    kept[slot] = record;
    return record;
  };
}

const VISITED_NODES = 20_000;
const DECODED_RECORDS = 500;

// A hole in a file (a page of zeros) is 4096 bytes: of 60 MB of nodes every second one is met, of smaller files each.
function check<T>(tree: Tree, records: (leaf: number) => T | undefined): void {
  const { nodeCount } = tree.metadata;
  const leaves: number[] = [];
  const step = Math.max(1, Math.floor(nodeCount / VISITED_NODES));
  for (let node = 0; node < nodeCount; node += step) {
    for (const side of [0, 1]) {
      const next = child(tree, node, side);
      if (next === 0) throw new RangeError(`node ${node} points to the root`);
      if (next > nodeCount) {
        if (next < nodeCount + SEPARATOR_BYTES || next >= tree.end)
          throw new RangeError(`node ${node} points nowhere`);
        leaves.push(next);
      }
    }
  }
  const every = Math.max(1, Math.floor(leaves.length / DECODED_RECORDS));
  const told = leaves.filter((leaf, index) => index % every === 0 && records(leaf) !== undefined);
  if (told.length === 0) throw new TypeError('nothing in it is of this kind');
}
