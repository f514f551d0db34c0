/** What went through whole, in the direction of the collector. */
export interface WireCount {
  frames: number;
  observations: number;
  /** Of them, what had gone through before. */
  repeated: number;
}

const HEADER_BYTES = 400;

/** Counts the sealed batches in the bytes of one connection (RFC 6455, masked text frames). `seen` is shared by all connections of an endpoint. */
export function batchCounter(count: WireCount, seen: Set<string>): (chunk: Buffer) => void {
  let waiting: Buffer = Buffer.alloc(0);
  let upgraded = false;
  return (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    if (!upgraded) {
      const end = waiting.indexOf('\r\n\r\n');
      if (end === -1) return;
      upgraded = true;
      waiting = waiting.subarray(end + 4);
    }
    for (let frame = frameAt(waiting); frame; frame = frameAt(waiting)) {
      waiting = waiting.subarray(frame.end);
      tally(frame.head, count, seen);
    }
  };
}

function tally(head: string, count: WireCount, seen: Set<string>): void {
  const match = /"epoch":"([0-9a-f]+)","first":(\d+),"last":(\d+)/.exec(head);
  if (!head.startsWith('{"type":"batch"') || !match) return;
  const [, epoch, first, last] = match;
  const size = Number(last) - Number(first) + 1;
  const name = `${epoch} ${first}`;
  count.frames += 1;
  count.observations += size;
  if (seen.has(name)) count.repeated += size;
  seen.add(name);
}

/** The first complete frame: where it ends, and the beginning of its text. */
function frameAt(bytes: Buffer): { readonly end: number; readonly head: string } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + extra + 4;
  if (bytes.length < start) return undefined;
  const length = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = start + length;
  if (bytes.length < end) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const head = Buffer.from(bytes.subarray(start, Math.min(end, start + HEADER_BYTES)));
  for (let index = 0; index < head.length; index += 1)
    head[index] = (head[index] ?? 0) ^ (mask[index % 4] ?? 0);
  return { end, head: head.toString() };
}
