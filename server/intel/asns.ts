import { open, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Address } from './address.ts';
import { type Attribution, DB_IP, ROUTEVIEWS } from './attributions.ts';
import { sortedStarts } from './sorted-starts.ts';

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
  readonly count: number;
  readonly starts: T;
  readonly ends: T;
  readonly networks: Uint32Array;
}

/** CC BY 4.0; most names are DB-IP's. */
export const ASN_ATTRIBUTIONS: readonly Attribution[] = [DB_IP, ROUTEVIEWS];

const PACKAGE = '@ip-location-db/asn';
const ORG_LENGTH = 128;

/** Reads the tables of `@ip-location-db/asn` (CC BY 4.0 by RouteViews, DB-IP and NRO). Rejects when they cannot be read. */
export async function readAsns(): Promise<AsnTable> {
  const require = createRequire(import.meta.url);
  const file = (name: string) => require.resolve(`${PACKAGE}/${name}`);
  const networks = newNetworks();
  const v4 = await readV4(file('asn-ipv4-num.csv'), networks);
  const v6 = await readV6(file('asn-ipv6.csv'), networks);
  const name = `ASN ${dateOf(await readFile(file('package.json'), 'utf8'))}`;
  return tableOf({ name, v4, v6, networks: networks.done() });
}

interface Parts {
  readonly name: string;
  readonly v4: Ranges<Uint32Array>;
  readonly v6: Ranges<BigUint64Array>;
  readonly networks: (index: number) => Asn;
}

function tableOf({ name, v4, v6, networks }: Parts): AsnTable {
  const rangeOf = sortedStarts(v4.starts, v4.count);
  return {
    name,
    find({ width, w0, w1 }) {
      if (width === 128) {
        const index = networkIn(v6, (BigInt(w0) << 32n) | BigInt(w1));
        return index === undefined ? undefined : networks(index);
      }
      const range = rangeOf(w0);
      const end = v4.ends[range];
      return end !== undefined && end >= w0 ? networks(v4.networks[range] ?? 0) : undefined;
    },
  };
}

/** Each network once. */
interface Networks {
  /** The index of a number; `name` is asked for when it is new. */
  enter(asn: number, name: () => Buffer): number;
  done(): (index: number) => Asn;
}

const MOST_NETWORKS = 2 ** 18;
const MOST_NAME_BYTES = 16 * 1024 * 1024;
const KEPT = 16_384;

/** Names as bytes: 84,000 strings would take three times as much. What is not touched of the buffers is not resident. */
function newNetworks(): Networks {
  const asns = new Uint32Array(MOST_NETWORKS);
  const ends = new Uint32Array(MOST_NETWORKS);
  const names = Buffer.alloc(MOST_NAME_BYTES);
  // Open addressing; 0 is free, else the index and one.
  let slots = new Uint32Array(2 * MOST_NETWORKS);
  let [count, end] = [0, 0];
  return {
    enter(asn, name) {
      let slot = Math.imul(asn, 0x9e37_79b1) >>> 13;
      for (let index = slots[slot] ?? 0; index > 0; index = slots[slot] ?? 0) {
        if (asns[index - 1] === asn) return index - 1;
        slot = (slot + 1) % slots.length;
      }
      const bytes = name();
      if (count >= MOST_NETWORKS / 2 || end + bytes.length > MOST_NAME_BYTES)
        throw new RangeError('too many networks');
      end += bytes.copy(names, end);
      asns[count] = asn;
      ends[count] = end;
      slots[slot] = count + 1;
      count += 1;
      return count - 1;
    },
    done() {
      slots = new Uint32Array(0);
      const kept = new Array<{ readonly index: number; readonly network: Asn } | undefined>(KEPT).fill(
        undefined,
      );
      return (index) => {
        const known = kept[index % KEPT];
        if (known?.index === index) return known.network;
        const org = unquoted(names.toString('utf8', ends[index - 1] ?? 0, ends[index])).slice(0, ORG_LENGTH);
        const network = { asn: asns[index] ?? 0, org };
        kept[index % KEPT] = { index, network };
        return network;
      };
    },
  };
}

/** Fewer bytes than any line has. */
const SHORTEST_LINE = 14;

async function readV4(file: string, networks: Networks): Promise<Ranges<Uint32Array>> {
  const most = Math.ceil((await stat(file)).size / SHORTEST_LINE);
  const starts = new Uint32Array(most);
  const ends = new Uint32Array(most);
  const indexes = new Uint32Array(most);
  const count = await eachLine(file, (csv, cursor, row) => {
    starts[row] = decimal(csv, cursor);
    ends[row] = decimal(csv, cursor);
    indexes[row] = network(csv, cursor, networks);
  });
  return { count, starts, ends, networks: indexes };
}

async function readV6(file: string, networks: Networks): Promise<Ranges<BigUint64Array>> {
  const most = Math.ceil((await stat(file)).size / SHORTEST_LINE);
  const starts = new BigUint64Array(most);
  const ends = new BigUint64Array(most);
  const indexes = new Uint32Array(most);
  const [startWords, endWords] = [new Uint32Array(starts.buffer), new Uint32Array(ends.buffer)];
  const count = await eachLine(file, (csv, cursor, row) => {
    startWords.set(upperHalf(csv, cursor), 2 * row);
    endWords.set(upperHalf(csv, cursor), 2 * row);
    indexes[row] = network(csv, cursor, networks);
  });
  return { count, starts, ends, networks: indexes };
}

const CHUNK = 512 * 1024;

/** Byte by byte and piece by piece: splitting 30 MB into strings takes three times as long and leaves 80 MB behind. */
async function eachLine(
  file: string,
  take: (csv: Buffer, cursor: Cursor, row: number) => void,
): Promise<number> {
  await using handle = await open(file);
  const chunk = Buffer.alloc(CHUNK);
  let [held, row] = [0, 0];
  for (;;) {
    const { bytesRead } = await handle.read(chunk, held, CHUNK - held);
    held += bytesRead;
    const whole = bytesRead === 0 ? held : chunk.lastIndexOf(NEWLINE, held - 1) + 1;
    const csv = chunk.subarray(0, whole);
    const cursor = { at: 0 };
    while (cursor.at < whole) take(csv, cursor, row++);
    if (bytesRead === 0) return row;
    if (whole === 0 && held === CHUNK) throw new SyntaxError('a line without an end');
    held = chunk.copy(chunk, 0, whole, held);
  }
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

function network(csv: Buffer, cursor: Cursor, networks: Networks): number {
  const asn = decimal(csv, cursor);
  const from = cursor.at;
  const end = lineEnd(csv, from);
  cursor.at = end + 1;
  return networks.enter(asn, () => csv.subarray(from, end));
}

const groups = new Uint16Array(8);
const half = new Uint32Array(2);

/** The first four groups of an IPv6 address as a little-endian pair, good until the next: low word, high word. */
function upperHalf(csv: Buffer, cursor: Cursor): Uint32Array {
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
  half[0] = group(2) * 65_536 + group(3);
  half[1] = group(0) * 65_536 + group(1);
  return half;
}

function hex(byte: number): number {
  return byte <= ZERO + 9 ? byte - ZERO : (byte | 0x20) - 0x57;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const NEWLINE = 0x0a;
const ZERO = 0x30;

function lineEnd(csv: Buffer, from: number): number {
  const end = csv.indexOf(NEWLINE, from);
  return end === -1 ? csv.length : end;
}

function unquoted(field: string): string {
  const plain = field.trimEnd();
  return plain.startsWith('"') ? plain.slice(1, -1).replaceAll('""', '"') : plain;
}

/** The network of the last range that starts at or before `value`, when it reaches it. */
function networkIn(ranges: Ranges<BigUint64Array>, value: bigint): number | undefined {
  let low = 0;
  let high = ranges.count;
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
