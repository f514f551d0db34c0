import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Address } from './address.ts';

export interface Asn {
  readonly asn: number;
  readonly org: string;
}

export interface AsnTable {
  /** Name and date, such as `ASN 2026-06-17`. */
  readonly name: string;
  find(address: Address): Asn | undefined;
}

/** Ranges in order of `starts`; IPv6 by its upper 64 bits, since finer ranges serve DNS roots only. */
interface Ranges<T extends Uint32Array | BigUint64Array> {
  readonly starts: T;
  readonly ends: T;
  readonly networks: Uint32Array;
}

interface Ordered<V extends number | bigint> {
  readonly starts: { readonly length: number; readonly [index: number]: V };
  readonly ends: { readonly [index: number]: V };
  readonly networks: Uint32Array;
}

const PACKAGE = '@ip-location-db/asn';
const ORG_LENGTH = 128;

/** Reads the tables of `@ip-location-db/asn` (CC BY 4.0 by RouteViews, DB-IP and NRO). Rejects when they cannot be read. */
export async function readAsns(): Promise<AsnTable> {
  const require = createRequire(import.meta.url);
  const read = (file: string) => readFile(require.resolve(`${PACKAGE}/${file}`));
  const registry = newRegistry();
  const v4 = parseV4(await read('asn-ipv4-num.csv'), registry);
  const v6 = parseV6(await read('asn-ipv6.csv'), registry);
  const name = `ASN ${dateOf((await read('package.json')).toString('utf8'))}`;
  return tableOf({ name, v4, v6, asns: Uint32Array.from(registry.asns), orgs: registry.orgs });
}

interface Parts {
  readonly name: string;
  readonly v4: Ranges<Uint32Array>;
  readonly v6: Ranges<BigUint64Array>;
  readonly asns: Uint32Array;
  readonly orgs: readonly string[];
}

function tableOf({ name, v4, v6, asns, orgs }: Parts): AsnTable {
  return {
    name,
    find({ width, w0, w1 }) {
      const index = width === 32 ? networkIn(v4, w0) : networkIn(v6, (BigInt(w0) << 32n) | BigInt(w1));
      const asn = asns[index ?? -1];
      const org = orgs[index ?? -1];
      return asn && org !== undefined ? { asn, org } : undefined;
    },
  };
}

/** Each network once. It lives no longer than the reading, so its map is not kept. */
interface Registry {
  readonly known: Map<number, number>;
  readonly asns: number[];
  readonly orgs: string[];
}

function newRegistry(): Registry {
  return { known: new Map(), asns: [], orgs: [] };
}

function enter(registry: Registry, asn: number, org: string): number {
  const index = registry.orgs.push(org.slice(0, ORG_LENGTH)) - 1;
  registry.asns.push(asn);
  registry.known.set(asn, index);
  return index;
}

// Byte by byte: splitting 30 MB into strings takes three times as long and leaves 80 MB behind.
function parseV4(csv: Buffer, registry: Registry): Ranges<Uint32Array> {
  const count = linesIn(csv);
  const ranges = {
    starts: new Uint32Array(count),
    ends: new Uint32Array(count),
    networks: new Uint32Array(count),
  };
  const cursor = { at: 0 };
  for (let row = 0; row < count; row += 1) {
    ranges.starts[row] = decimal(csv, cursor);
    ranges.ends[row] = decimal(csv, cursor);
    ranges.networks[row] = network(csv, cursor, registry);
  }
  return ranges;
}

function parseV6(csv: Buffer, registry: Registry): Ranges<BigUint64Array> {
  const count = linesIn(csv);
  const ranges = {
    starts: new BigUint64Array(count),
    ends: new BigUint64Array(count),
    networks: new Uint32Array(count),
  };
  const [starts, ends] = [new Uint32Array(ranges.starts.buffer), new Uint32Array(ranges.ends.buffer)];
  const cursor = { at: 0 };
  for (let row = 0; row < count; row += 1) {
    upperHalf(csv, cursor, starts.subarray(2 * row, 2 * row + 2));
    upperHalf(csv, cursor, ends.subarray(2 * row, 2 * row + 2));
    ranges.networks[row] = network(csv, cursor, registry);
  }
  return ranges;
}

interface Cursor {
  at: number;
}

function decimal(csv: Buffer, cursor: Cursor): number {
  let value = 0;
  for (;;) {
    const byte = csv[cursor.at++];
    if (byte === COMMA) return value;
    if (byte === undefined || byte < ZERO || byte > ZERO + 9)
      throw new SyntaxError(`no number at byte ${cursor.at}`);
    value = value * 10 + byte - ZERO;
  }
}

function network(csv: Buffer, cursor: Cursor, registry: Registry): number {
  const asn = decimal(csv, cursor);
  const from = cursor.at;
  const end = lineEnd(csv, from);
  cursor.at = end + 1;
  return registry.known.get(asn) ?? enter(registry, asn, unquoted(csv.toString('utf8', from, end)));
}

const groups = new Uint16Array(8);

/** Writes the first four groups of an IPv6 address as a little-endian pair: low word, high word. */
function upperHalf(csv: Buffer, cursor: Cursor, into: Uint32Array): void {
  let [count, gap, value, digits] = [0, -1, 0, 0];
  for (let byte = csv[cursor.at++]; byte !== COMMA; byte = csv[cursor.at++]) {
    if (byte === undefined) throw new SyntaxError('the file ends within an address');
    if (byte !== COLON) {
      value = value * 16 + hex(byte);
      digits += 1;
      continue;
    }
    if (digits === 0) gap = count;
    else groups[count++] = value;
    [value, digits] = [0, 0];
  }
  if (digits > 0) groups[count++] = value;
  const group = (index: number): number => {
    if (gap === -1 || index < gap) return groups[index] ?? 0;
    return index < gap + 8 - count ? 0 : (groups[index - 8 + count] ?? 0);
  };
  into[0] = group(2) * 65_536 + group(3);
  into[1] = group(0) * 65_536 + group(1);
}

function hex(byte: number): number {
  return byte <= ZERO + 9 ? byte - ZERO : (byte | 0x20) - 0x57;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const NEWLINE = 0x0a;
const ZERO = 0x30;

function linesIn(csv: Buffer): number {
  let count = 0;
  for (let at = 0; at < csv.length; at = lineEnd(csv, at) + 1) count += 1;
  return count;
}

function lineEnd(csv: Buffer, from: number): number {
  const end = csv.indexOf(NEWLINE, from);
  return end === -1 ? csv.length : end;
}

function unquoted(field: string): string {
  const plain = field.trimEnd();
  return plain.startsWith('"') ? plain.slice(1, -1).replaceAll('""', '"') : plain;
}

/** The network of the last range that starts at or before `value`, when it reaches it. */
function networkIn<V extends number | bigint>(ranges: Ordered<V>, value: V): number | undefined {
  let low = 0;
  let high = ranges.starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = ranges.starts[middle];
    if (start !== undefined && start <= value) low = middle + 1;
    else high = middle;
  }
  const end = ranges.ends[low - 1];
  return end !== undefined && end >= value ? ranges.networks[low - 1] : undefined;
}

/** Their versions end in the build's date: 2.3.2026061719. */
function dateOf(packageJson: string): string {
  const stamp = /"version":\s*"\d+\.\d+\.(\d{4})(\d{2})(\d{2})/.exec(packageJson);
  return stamp ? `${stamp[1]}-${stamp[2]}-${stamp[3]}` : 'undated';
}
