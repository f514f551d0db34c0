import type { FeedEntry } from '../../shared/api.ts';

/** Entries as they are sent. */
export interface FeedChunk {
  readonly bytes: Uint8Array;
  /** Id of the last one. */
  readonly last: number;
}

interface KeptChunk extends FeedChunk {
  readonly ids: readonly number[];
  /** Where each begins in `bytes`. */
  readonly offsets: readonly number[];
}

/** What readers near the end are served from; whoever is further behind reads the store. */
const KEPT_ENTRIES = 10_000;
/** As much as is sent in one piece. */
const PIECE_BYTES = 32 * 1024;

/** The latest entries after `start`, each written out once for all readers. They are without a hole among themselves. */
export function recentEntries(start: number) {
  const chunks: KeptChunk[] = [];
  let [since, last, count] = [start, start, 0];
  return {
    last: () => last,
    add: (entries: readonly FeedEntry[]): void => {
      if (entries.length === 0) return;
      const chunk = chunkOf(entries);
      chunks.push(chunk);
      last = chunk.last;
      count += entries.length;
      while (count > KEPT_ENTRIES && chunks.length > 1) {
        const oldest = chunks.shift();
        since = oldest?.last ?? since;
        count -= oldest?.ids.length ?? 0;
      }
    },
    /** Undefined for a cursor before what is kept. */
    after: (cursor: number): FeedChunk | undefined => {
      if (cursor < since) return undefined;
      const from = chunks.findLastIndex((chunk) => chunk.last <= cursor) + 1;
      const first = chunks[from];
      return first && gathered([rest(first, cursor), ...chunks.slice(from + 1)]);
    },
  };
}

export function chunkOf(entries: readonly FeedEntry[]): KeptChunk {
  const events = entries.map((entry) => Buffer.from(`id: ${entry.id}\ndata: ${JSON.stringify(entry)}\n\n`));
  const offsets: number[] = [];
  let offset = 0;
  for (const { byteLength } of events) {
    offsets.push(offset);
    offset += byteLength;
  }
  const ids = entries.map(({ id }) => id);
  return { bytes: Buffer.concat(events), ids, offsets, last: ids.at(-1) ?? 0 };
}

function rest(chunk: KeptChunk, cursor: number): FeedChunk {
  const offset = chunk.offsets[chunk.ids.findIndex((id) => id > cursor)] ?? 0;
  return offset === 0 ? chunk : { bytes: chunk.bytes.subarray(offset), last: chunk.last };
}

/** The first ones as one piece; the first alone is not copied. */
function gathered(chunks: readonly FeedChunk[]): FeedChunk | undefined {
  const taken: FeedChunk[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    if (taken.length > 0 && bytes + chunk.bytes.byteLength > PIECE_BYTES) break;
    taken.push(chunk);
    bytes += chunk.bytes.byteLength;
  }
  const [only] = taken;
  if (taken.length < 2) return only;
  return { bytes: Buffer.concat(taken.map((chunk) => chunk.bytes)), last: taken.at(-1)?.last ?? 0 };
}
