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
  let end = Number.NEGATIVE_INFINITY;
  for (const period of periods) {
    const run = runs.at(-1);
    if (run && millis(period.from) <= end + gapMs) run.push(period);
    else runs.push([period]);
    const to = period.to === undefined ? Number.POSITIVE_INFINITY : millis(period.to);
    end = run === runs.at(-1) ? Math.max(end, to) : to;
  }
  return runs;
}

/** Tells whether a period touches any of these, given in order of `from`; fast however many there are. */
export function touchingAny(periods: readonly Period[]): (asked: Period) => boolean {
  const islands = joined(periods, 0).flatMap((run) => spread(run) ?? []);
  return (asked) => {
    let [low, high] = [0, islands.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const island = islands[middle];
      if (island && (asked.to === undefined || island.from <= asked.to)) low = middle + 1;
      else high = middle;
    }
    const last = islands[low - 1];
    return last !== undefined && touches(last, asked);
  };
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
