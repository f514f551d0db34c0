import type { Bits, Range } from './bits.ts';

/** Values of ranges that may lie within each other; 8 bytes an edge for IPv4, 20 for IPv6. */
export interface PrefixTable<T> {
  readonly size: number;
  /** The value of the narrowest range that holds the address; of two equal ranges the later. */
  find(bits: Bits): T | undefined;
}

export function prefixTable<T>(
  entries: readonly { readonly range: Range; readonly value: T }[],
): PrefixTable<T> {
  const values = [...new Set(entries.map(({ value }) => value))];
  const indexes = new Map(values.map((value, index) => [value, index]));
  const [v4, v6] = ([32, 128] as const).map((width) =>
    edgesOf(
      entries.flatMap(({ range, value }) =>
        range.bits.width === width ? [{ ...spanOf(range), index: indexes.get(value) ?? NOTHING }] : [],
      ),
      width,
    ),
  );
  return {
    size: entries.length,
    find(bits) {
      const edges = bits.width === 32 ? v4 : v6;
      return edges && values[bits.width === 32 ? find4(edges, bits.w0) : find6(edges, bits)];
    },
  };
}

const NOTHING = -1;

interface Span {
  readonly start: bigint;
  readonly end: bigint;
  readonly index: number;
}

/** From each start to the next one value holds, or none. */
interface Edges {
  readonly starts: Uint32Array;
  readonly indexes: Int32Array;
}

function spanOf({ bits: { width, w0, w1, w2, w3 }, length }: Range): {
  readonly start: bigint;
  readonly end: bigint;
} {
  const host = BigInt(width - length);
  const all =
    width === 32 ? BigInt(w0) : (BigInt(w0) << 96n) | (BigInt(w1) << 64n) | (BigInt(w2) << 32n) | BigInt(w3);
  const start = (all >> host) << host;
  return { start, end: start + (1n << host) - 1n };
}

function edgesOf(spans: readonly Span[], width: 32 | 128): Edges {
  const edges: { start: bigint; index: number }[] = [];
  const open: Span[] = [];
  const edge = (start: bigint, index: number): void => {
    if (edges.at(-1)?.start === start) edges.pop();
    if (edges.at(-1)?.index !== index) edges.push({ start, index });
  };
  const closeBefore = (start: bigint): void => {
    for (let top = open.at(-1); top && top.end < start; top = open.at(-1)) {
      open.pop();
      edge(top.end + 1n, open.at(-1)?.index ?? NOTHING);
    }
  };
  for (const span of spans.toSorted((a, b) => compared(a.start, b.start) || compared(b.end, a.end))) {
    closeBefore(span.start);
    edge(span.start, span.index);
    open.push(span);
  }
  const size = 1n << BigInt(width);
  closeBefore(size);
  const within = edges.filter(({ start }) => start < size);
  const words = width / 32;
  const starts = new Uint32Array(within.length * words);
  within.forEach(({ start }, at) => {
    for (let word = 0; word < words; word += 1)
      starts[at * words + word] = Number((start >> BigInt(width - 32 * (word + 1))) & 0xffff_ffffn);
  });
  return { starts, indexes: Int32Array.from(within, ({ index }) => index) };
}

function compared(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function find4({ starts, indexes }: Edges, value: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return indexes[low - 1] ?? NOTHING;
}

function find6({ starts, indexes }: Edges, bits: Bits): number {
  let low = 0;
  let high = indexes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (startsBy(starts, 4 * middle, bits)) low = middle + 1;
    else high = middle;
  }
  return indexes[low - 1] ?? NOTHING;
}

function startsBy(starts: Uint32Array, at: number, { w0, w1, w2, w3 }: Bits): boolean {
  const [s0 = 0, s1 = 0, s2 = 0] = [starts[at], starts[at + 1], starts[at + 2]];
  if (s0 !== w0) return s0 < w0;
  if (s1 !== w1) return s1 < w1;
  if (s2 !== w2) return s2 < w2;
  return (starts[at + 3] ?? 0) <= w3;
}
