import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import type { Period } from './timeline.ts';

export function touches(a: Period, b: Period): boolean {
  return (b.to === undefined || a.from <= b.to) && (a.to === undefined || a.to >= b.from);
}

/** Milliseconds from `from` to `to` or `now`; never negative, whatever clocks said. */
export function lengthMs(period: Period, now: Instant): number {
  return Math.max(0, millis(period.to ?? now) - millis(period.from));
}

export function totalMs(periods: readonly Period[], now: Instant): number {
  return periods.reduce((sum, period) => sum + lengthMs(period, now), 0);
}

export function longestMs(periods: readonly Period[], now: Instant): number {
  return periods.reduce((most, period) => Math.max(most, lengthMs(period, now)), 0);
}

/** From the first beginning to the last end; without `to` while one of them goes on. Undefined for none. */
export function spread(periods: readonly Period[]): Period | undefined {
  const [first] = periods;
  if (!first) return undefined;
  let { from } = first;
  let to: Instant | undefined = first.to ?? first.from;
  for (const period of periods) {
    from = earlier(from, period.from);
    to = to === undefined || period.to === undefined ? undefined : later(to, period.to);
  }
  return to === undefined ? { from } : { from, to };
}

/** Periods that follow each other within `gapMs`, as one; in order of `from`. */
export function joined<T extends Period>(periods: readonly T[], gapMs: number): (readonly T[])[] {
  const runs: T[][] = [];
  let run: T[] | undefined;
  let end = Number.NEGATIVE_INFINITY;
  for (const period of periods) {
    const to = period.to === undefined ? Number.POSITIVE_INFINITY : millis(period.to);
    if (run && millis(period.from) <= end + gapMs) {
      run.push(period);
      end = Math.max(end, to);
    } else {
      run = [period];
      runs.push(run);
      end = to;
    }
  }
  return runs;
}

/** Tells whether a period touches any of these, given in order of `from`; fast however many there are. */
export function touchingAny(periods: readonly Period[]): (asked: Period) => boolean {
  const islands = islandsOf(periods);
  return (asked) => {
    const { to } = asked;
    const begun = countUntil(islands.length, (at) => to === undefined || (islands[at]?.from ?? to) <= to);
    const last = islands[begun - 1];
    return last !== undefined && touches(last, asked);
  };
}

/** What periods cover together, in order of `from` as they are; compared as text, which needs no reckoning. */
function islandsOf(periods: readonly Period[]): readonly Period[] {
  const islands: Period[] = [];
  let last: Period | undefined;
  for (const { from, to } of periods) {
    const reaches = last !== undefined && (last.to === undefined || from <= last.to);
    if (reaches && last && (last.to === undefined || (to !== undefined && to <= last.to))) continue;
    if (reaches) islands.pop();
    last = { from: reaches && last ? last.from : from, ...(to !== undefined && { to }) };
    islands.push(last);
  }
  return islands;
}

/** How many of so many, from the first on, are so; once one is not, none after it is. */
export function countUntil(count: number, isSo: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same among the periods of the endpoint that is asked about. */
export function onSameEndpoint(
  spans: readonly (Period & { readonly endpoint: string })[],
): (asked: Period & { readonly endpoint: string }) => boolean {
  const byEndpoint = new Map(
    [...Map.groupBy(spans, ({ endpoint }) => endpoint)].map(([id, own]) => [id, touchingAny(own)]),
  );
  return (asked) => byEndpoint.get(asked.endpoint)?.(asked) ?? false;
}

/** What two periods share; undefined for nothing, or a single moment. */
export function common(a: Period, b: Period): Period | undefined {
  const from = later(a.from, b.from);
  if (a.to === undefined && b.to === undefined) return { from };
  const to = a.to === undefined || b.to === undefined ? (a.to ?? b.to ?? from) : earlier(a.to, b.to);
  return from < to ? { from, to } : undefined;
}

/** What is left of a period when others are taken out of it. */
export function without(period: Period, others: readonly Period[]): readonly Period[] {
  const left: Period[] = [];
  let from: Instant | undefined = period.from;
  const within = others.flatMap((other) => common(other, period) ?? []);
  for (const run of joined(within.toSorted(byBeginning), 0)) {
    const taken = spread(run);
    if (!taken || from === undefined) continue;
    if (from < taken.from) left.push({ from, to: taken.from });
    from = taken.to;
  }
  if (from === undefined) return left;
  if (period.to === undefined) return [...left, { from }];
  return from < period.to ? [...left, { from, to: period.to }] : left;
}

export function byBeginning(a: Period, b: Period): number {
  if (a.from === b.from) return 0;
  return a.from < b.from ? -1 : 1;
}

const MOST_DAYS = 400;

/** The UTC days, such as `2026-03-02`, that a period touches between `since` and `now`; the last 400 of them. */
export function daysOf(period: Period, window: { readonly since: Instant; readonly now: Instant }): string[] {
  const from = dayNumber(later(period.from, window.since));
  const to = dayNumber(earlier(period.to ?? window.now, window.now));
  const days: string[] = [];
  for (let day = Math.max(from, to - MOST_DAYS + 1); day <= to; day++) {
    days.push(instant(day * DAY).slice(0, 10));
  }
  return days;
}

export function earlier(a: Instant, b: Instant): Instant {
  if (a < b) return a;
  return b;
}

export function later(a: Instant, b: Instant): Instant {
  if (a > b) return a;
  return b;
}

/** Days since 1970 of a moment or a day. */
export function dayNumber(at: string): number {
  return Math.floor(millis(at) / DAY);
}
