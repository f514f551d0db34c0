import { type Instant, instant, millis } from '../../shared/time.ts';
import type { Period } from './timeline.ts';

export interface Crowds {
  /** The most different names in one window, in order; the first such window counts. */
  readonly most: readonly string[];
  /** From the first moment at which there were enough, or the end of what was over by then, to the last such moment. */
  readonly period: (Period & { readonly to: Instant }) | undefined;
  /** The windows that end at such moments, as one where they meet; in order. */
  readonly windows: readonly Period[];
}

interface Counting<T> {
  /** Undefined for what does not count. */
  readonly nameOf: (period: T) => string | undefined;
  readonly withinMs: number;
  readonly least: number;
}

/** Where periods of many different names touch one window of time. Periods in order of `from`; sorting is the most that it costs. */
export function crowdsOf<T extends Period>(
  periods: readonly T[],
  { nameOf, withinMs, least }: Counting<T>,
): Crowds {
  const coming = periods.flatMap((period) => {
    const name = nameOf(period);
    return name === undefined ? [] : [{ name, from: millis(period.from), to: endOf(period) }];
  });
  const going = coming.toSorted((a, b) => (a.to === b.to ? 0 : a.to - b.to));
  const there = new Map<string, number>();
  const windows: { readonly since: number; readonly first: number; last: number }[] = [];
  let most: readonly string[] = [];
  let gone = 0;
  for (const { name, from } of coming) {
    there.set(name, (there.get(name) ?? 0) + 1);
    for (let next = going[gone]; next && next.to < from - withinMs; next = going[gone]) {
      const left = (there.get(next.name) ?? 0) - 1;
      if (left > 0) there.set(next.name, left);
      else there.delete(next.name);
      gone += 1;
    }
    if (there.size >= least) {
      const window = windows.at(-1);
      if (window && from - withinMs <= window.last) window.last = from;
      else windows.push({ since: Math.min(from, going[gone]?.to ?? from), first: from, last: from });
    }
    if (there.size > most.length) most = [...there.keys()].toSorted();
  }
  const [first] = windows;
  const last = windows.at(-1);
  return {
    most,
    period: first && last && { from: instant(first.since), to: instant(last.last) },
    windows: windows.map((one) => ({ from: instant(one.first - withinMs), to: instant(one.last) })),
  };
}

function endOf({ to }: Period): number {
  return to === undefined ? Number.POSITIVE_INFINITY : millis(to);
}
