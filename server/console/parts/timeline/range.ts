import { DAY, instant, MINUTE, millis, SECOND } from '../../../../shared/time.ts';

/** A stretch of time in milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const LEAST_MS = 5 * MINUTE;
const MOST_MS = 400 * DAY;

/** As the address has it, `20260302T140500Z`: no character of it needs an escape. */
export function addressOf(at: number): string {
  return instant(Math.round(at / SECOND) * SECOND)
    .replace('.000Z', 'Z')
    .replaceAll(/[-:]/g, '');
}

export function fromAddress(text: string | null): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`);
  return Number.isNaN(at) ? undefined : at;
}

export function lengthOf({ from, to }: TimeRange): number {
  return to - from;
}

/** Larger or smaller around a moment, which stays where it is in the picture. */
export function zoomed(range: TimeRange, by: number, around = (range.from + range.to) / 2): TimeRange {
  const length = Math.min(MOST_MS, Math.max(LEAST_MS, lengthOf(range) * by));
  const share = (around - range.from) / lengthOf(range);
  const from = around - share * length;
  return { from, to: from + length };
}

export function moved(range: TimeRange, by: number): TimeRange {
  return { from: range.from + by, to: range.to + by };
}

/** As near as possible, without leaving what there is to see by more than a twentieth. */
export function within(range: TimeRange, extent: TimeRange): TimeRange {
  const length = Math.min(lengthOf(range), lengthOf(extent) * 1.1, MOST_MS);
  const margin = length / 20;
  const from = Math.min(Math.max(range.from, extent.from - margin), extent.to + margin - length);
  return { from, to: from + length };
}

/** What to ask for so that a short move needs no other answer: half as much on both sides, on a grid that near ranges share. */
export function padded({ from, to }: TimeRange): TimeRange {
  const length = to - from;
  const grid = 2 ** Math.ceil(Math.log2(length / 4));
  const start = Math.floor((from - length / 2) / grid) * grid;
  const end = Math.ceil((to + length / 2) / grid) * grid;
  return end - start > MOST_MS ? { from, to } : { from: start, to: end };
}

export function rangeOf({ from, to }: { readonly from: string; readonly to: string }): TimeRange {
  return { from: millis(from), to: millis(to) };
}
