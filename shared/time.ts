import * as z from 'zod/mini';

/** A moment as `2026-03-02T14:00:00.000Z`: UTC, always with milliseconds, so that text order is time order. */
export type Instant = string;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const SHAPE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

export const instantSchema = z.string().check(
  z.regex(SHAPE, 'expected UTC with milliseconds, such as 2026-03-02T14:00:00.000Z'),
  z.refine((text) => !SHAPE.test(text) || !Number.isNaN(Date.parse(text)), 'no such moment'),
);

export function instant(millis: number): Instant {
  return new Date(millis).toISOString();
}

export function millis(at: Instant): number {
  return Date.parse(at);
}

export const timezoneSchema = z
  .string()
  .check(z.maxLength(64), z.refine(isTimezone, 'not an IANA time zone such as America/Chicago'));

export function isTimezone(timezone: string): boolean {
  // Asking the list spares the agent the tables of a formatter, which take 8 MB. Other names of the same zones are not on it.
  zones ??= new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/UTC']);
  if (zones.has(timezone)) return true;
  try {
    formatterOf(timezone);
    return true;
  } catch {
    return false;
  }
}

/** Minutes east of UTC that `timezone` keeps at `at`, daylight saving included. Throws RangeError on an unknown zone. */
export function utcOffsetMinutes(timezone: string, at: Instant): number {
  const moment = new Date(at);
  const parts = formatterOf(timezone).formatToParts(moment);
  const read = (wanted: string): number => Number(parts.find(({ type }) => type === wanted)?.value);
  const local = Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  );
  return Math.round((local - Math.floor(moment.getTime() / SECOND) * SECOND) / MINUTE);
}

let zones: ReadonlySet<string> | undefined;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs about 50 µs and using one 1 µs, so each zone's is kept: there are some 600 zones at most. */
function formatterOf(timezone: string): Intl.DateTimeFormat {
  const kept = formatters.get(timezone);
  if (kept) return kept;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timezone, made);
  return made;
}
