import { type Instant, instant, millis } from '../../shared/time.ts';
import type { Period } from './timeline.ts';

export interface Crowds {
  /** The most different names in one window, in order; the first such window counts. */
  readonly most: readonly string[];
  /** Moments at which there were enough. */
  readonly moments: readonly (Period & { readonly to: Instant })[];
  /** The windows that end at those moments. */
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
  const moments: number[] = [];
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
    if (there.size >= least) moments.push(from);
    if (there.size > most.length) most = [...there.keys()].toSorted();
  }
  return {
    most,
    moments: moments.map((at) => ({ from: instant(at), to: instant(at) })),
    windows: moments.map((at) => ({ from: instant(at - withinMs), to: instant(at) })),
  };
}

function endOf({ to }: Period): number {
  return to === undefined ? Number.POSITIVE_INFINITY : millis(to);
}
