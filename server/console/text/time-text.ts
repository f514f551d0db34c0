import { DAY, HOUR, type Instant, MINUTE, millis, SECOND, utcOffsetMinutes } from '../../../shared/time.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** `Nov 22, 14:03` in the reader's zone unless another is given. */
export function dateTime(at: Instant, timeZone?: string): string {
  return format('date-time', { month: 'short', day: 'numeric', ...CLOCK }, timeZone).format(new Date(at));
}

/** `Nov 22`. */
export function dateText(at: Instant): string {
  return format('date', { month: 'short', day: 'numeric' }).format(new Date(at));
}

/** `14:03`. */
export function shortTime(at: Instant, timeZone?: string): string {
  return format('time', CLOCK, timeZone).format(new Date(at));
}

/** `Sun, Nov 22, 2026, 14:03:07 GMT+1`: all there is to say. */
export function fullTime(at: Instant, timeZone?: string): string {
  const options = {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    ...CLOCK,
    second: '2-digit',
    timeZoneName: 'short',
  } as const;
  return format('full', options, timeZone).format(new Date(at));
}

/** `Sunday, November 22`, the heading of a day in the reader's zone. */
export function dayText(at: Instant): string {
  return format('day', { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' }).format(
    new Date(at),
  );
}

/** `now`, `40 s ago`, `12 min ago`, `3 h ago`, `5 d ago`: what matters is the size. A moment ahead of this clock counts as now. */
export function agoText(at: Instant, now: number): string {
  const age = now - millis(at);
  if (age < 5 * SECOND) return 'now';
  if (age < HOUR) return `${lengthText(age)} ago`;
  return age < DAY ? `${Math.floor(age / HOUR)} h ago` : `${Math.floor(age / DAY)} d ago`;
}

/** `40 s`, `12 min`, `3 h 20 min`, `5 d 4 h`. */
export function lengthText(duration: number): string {
  if (duration < MINUTE) return `${Math.max(0, Math.floor(duration / SECOND))} s`;
  if (duration < HOUR) return `${Math.floor(duration / MINUTE)} min`;
  if (duration < DAY) return parts(duration, [HOUR, 'h'], [MINUTE, 'min']);
  return parts(duration, [DAY, 'd'], [HOUR, 'h']);
}

/** `UTC−06:00`. */
export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Whether clocks in `timezone` show the reader's time at `at`; then saying both is noise. */
export function sameAsReader(timezone: string, at: Instant): boolean {
  return utcOffsetMinutes(timezone, at) === -new Date(at).getTimezoneOffset();
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

type Unit = readonly [number, string];

function parts(duration: number, [big, bigName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((duration % big) / small);
  const head = `${Math.floor(duration / big)} ${bigName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}

function format(name: string, options: Intl.DateTimeFormatOptions, timeZone?: string): Intl.DateTimeFormat {
  const key = `${name}|${timeZone ?? ''}`;
  const kept = formats.get(key);
  if (kept) return kept;
  const made = new Intl.DateTimeFormat('en-US', timeZone === undefined ? options : { ...options, timeZone });
  formats.set(key, made);
  return made;
}
