import { DAY, HOUR, instant, MINUTE, utcOffsetMinutes } from '../../../../shared/time.ts';
import { lengthOf, type TimeRange } from './range.ts';

export interface Tick {
  readonly at: number;
  readonly label: string;
  /** A day begins here. */
  readonly day: boolean;
}

const STEPS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  56 * DAY,
];
const LEAST_PX = 84;

/** Round moments of a zone's clock, as many as there is room for. */
export function ticksOf(range: TimeRange, width: number, timeZone: string): readonly Tick[] {
  const step = STEPS.find((each) => (each / lengthOf(range)) * width >= LEAST_PX) ?? 56 * DAY;
  const offsetAt = (at: number) => utcOffsetMinutes(timeZone, instant(Math.round(at))) * MINUTE;
  const first = Math.floor((range.from + offsetAt(range.from)) / step) * step;
  const ticks: Tick[] = [];
  for (let local = first; ticks.length < 200; local += step) {
    const guess = local - offsetAt(local);
    const at = local - offsetAt(guess);
    if (at > range.to) break;
    if (at < range.from) continue;
    const day = local % DAY === 0;
    ticks.push({ at, day, label: labelOf(at, { day, timeZone }) });
  }
  return ticks;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function labelOf(
  at: number,
  { day, timeZone }: { readonly day: boolean; readonly timeZone: string },
): string {
  const key = `${day} ${timeZone}`;
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      ...(day
        ? { weekday: 'short', month: 'short', day: 'numeric' }
        : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    });
  formats.set(key, format);
  return format.format(at);
}
