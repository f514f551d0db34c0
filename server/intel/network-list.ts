import { readFile } from 'node:fs/promises';
import type { NetworkClass } from '../../shared/facts.ts';
import { type Bits, type Range, rangeOf, spelledBits } from './bits.ts';
import { prefixTable } from './prefix-table.ts';

export const LIST_FORMATS = ['cidr', 'tor', 'apple-relay'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

/** Addresses of one class, from a file of the operator. */
export interface NetworkList {
  readonly entries: number;
  /** Lines that say nothing that can be understood. */
  readonly skipped: { readonly count: number; readonly first: readonly string[] };
  has(bits: Bits): boolean;
}

/** What a list says of the addresses on it, where its format leaves no choice. */
export const CLASS_OF_FORMAT: Readonly<Partial<Record<ListFormat, NetworkClass>>> = {
  tor: 'tor',
  'apple-relay': 'relay',
};

export const MAX_LIST_BYTES = 64 * 1024 * 1024;
const MAX_ENTRIES = 500_000;
const NAMED = 5;

/**
 * `cidr` is X4BNet's: a range or an address a line. `tor` is the bulk exit list: an address a line. `apple-relay` is Apple's list of egress
 * ranges: range, country, region, city, nothing. Comments begin with `#` or `;`. Throws for a file of which nothing can be understood.
 */
export async function readNetworkList(file: string, format: ListFormat): Promise<NetworkList> {
  return networkListOf(await readFile(file, 'utf8'), format);
}

export function networkListOf(text: string, format: ListFormat): NetworkList {
  const ranges: Range[] = [];
  const first: string[] = [];
  let count = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const said = contentOf(line);
    if (said === '') continue;
    const range = rangeIn(said, format);
    if (range) ranges.push(range);
    else if (++count <= NAMED) first.push(`line ${index + 1}: ${printable(said)}`);
    if (ranges.length > MAX_ENTRIES) throw new RangeError(`more than ${MAX_ENTRIES} entries`);
  }
  if (ranges.length === 0) throw new SyntaxError('no line that can be understood');
  const table = prefixTable(ranges.map((range) => ({ range, value: true })));
  return { entries: ranges.length, skipped: { count, first }, has: (bits) => table.find(bits) === true };
}

function contentOf(line: string): string {
  return line
    .replace(/^\uFEFF/, '')
    .replace(/[#;].*$/s, '')
    .trim();
}

// So wide a range is a slip: it would make a fifth of the Internet one kind.
const WIDEST = { 32: 8, 128: 19 } as const;

function rangeIn(said: string, format: ListFormat): Range | undefined {
  const [first = ''] = format === 'apple-relay' ? said.split(',', 1) : [said];
  const range = first.includes('/') ? (format === 'tor' ? undefined : rangeOf(first)) : addressIn(first);
  return range && range.length >= WIDEST[range.bits.width] ? range : undefined;
}

function addressIn(text: string): Range | undefined {
  const bits = text.includes('%') ? undefined : spelledBits(text);
  return bits && { bits, length: bits.width };
}

function printable(text: string): string {
  return text.slice(0, 60).replaceAll(/[^\x20-\x7e]/g, '?');
}
