import { type Instant, MINUTE, millis, SECOND } from '../../../shared/time.ts';

const HEADER_BYTES = 44;
const TYPE_BYTES = 6;

/**
 * Minutes east of UTC by a compiled zone file (RFC 8536, versions 2 and later). Undefined where it is damaged, or where its last
 * change is past and only its rule for later years could tell: then Node's own tables must be asked, which take 8 MB to load.
 */
export function offsetIn(file: Buffer, at: Instant): number | undefined {
  try {
    return offsetOf(file, Math.floor(millis(at) / SECOND));
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function offsetOf(file: Buffer, second: number): number | undefined {
  const first = countsAt(file, 0);
  if (!first) return undefined;
  const start = HEADER_BYTES + lengthOf(first, 4);
  const counts = countsAt(file, start);
  if (!counts) return undefined;
  const times = start + HEADER_BYTES;
  const indexes = times + counts.times * 8;
  const types = indexes + counts.times;
  let passed = 0;
  while (passed < counts.times && file.readBigInt64BE(times + passed * 8) <= BigInt(second)) passed += 1;
  const rule = file.toString('latin1', times + lengthOf(counts, 8));
  if (passed === counts.times && rule.includes(',')) return undefined;
  const type = passed === 0 ? 0 : file.readUInt8(indexes + passed - 1);
  return Math.round((file.readInt32BE(types + type * TYPE_BYTES) * SECOND) / MINUTE);
}

interface Counts {
  readonly utc: number;
  readonly standard: number;
  readonly leaps: number;
  readonly times: number;
  readonly types: number;
  readonly characters: number;
}

function countsAt(file: Buffer, start: number): Counts | undefined {
  if (file.toString('latin1', start, start + 4) !== 'TZif' || file.readUInt8(start + 4) < 0x32)
    return undefined;
  const count = (index: number): number => file.readUInt32BE(start + 20 + index * 4);
  return {
    utc: count(0),
    standard: count(1),
    leaps: count(2),
    times: count(3),
    types: count(4),
    characters: count(5),
  };
}

function lengthOf({ utc, standard, leaps, times, types, characters }: Counts, timeBytes: number): number {
  return times * (timeBytes + 1) + types * TYPE_BYTES + characters + leaps * (timeBytes + 4) + standard + utc;
}
