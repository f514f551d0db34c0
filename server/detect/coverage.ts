import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import type { OffsetOf } from './offsets.ts';
import { byBeginning, common, daysOf, earlier, joined, later, spread, totalMs, without } from './periods.ts';
import { type Silence, silences } from './silences.ts';
import type { ContractorTimeline, Period, Span } from './timeline.ts';
import { workPeriods } from './work-hours.ts';

/** How much of one UTC day an endpoint was watched; milliseconds. `due` = `observed` + `resting` + `unobserved`. */
export interface Coverage {
  readonly endpoint: string;
  /** Such as `2026-03-02`. */
  readonly day: string;
  /** Whether `due` is declared working time, or all of the day because no hours were declared. */
  readonly basis: 'declared hours' | 'whole day';
  /** What there was to observe; nothing before enrollment, after revocation and after the window's `now`. */
  readonly due: number;
  /** The agent ran on a machine that was awake. */
  readonly observed: number;
  /** The machine slept or was shut down, as it proved afterwards: there was nothing to observe. */
  readonly resting: number;
  readonly unobserved: number;
  /** For how long each probe worked, of `observed`. Every probe that the agent named is there. */
  readonly probes: Readonly<Record<string, number>>;
}

/**
 * Every day of the window, by endpoint, on which something was due. Days are those of UTC, so a shift that crosses midnight
 * there falls into two. Equal spans give equal coverage. With `within` only that part of the window is reckoned, by all that it tells.
 */
export function coverage(
  timeline: ContractorTimeline,
  offsetIn: OffsetOf,
  within: Required<Period> = { from: timeline.since, to: timeline.now },
): readonly Coverage[] {
  const { since, now, contractor } = timeline;
  const { workHours, timezone, flexibleHours } = contractor.declaration ?? {};
  const basis = workHours && timezone && !flexibleHours ? 'declared hours' : 'whole day';
  const hours = workPeriods(contractor.declaration, { since, now }, offsetIn);
  const quiet = Map.groupBy(silences(timeline), ({ endpoint }) => endpoint);
  const words = Map.groupBy(timeline.spans('agent'), ({ endpoint }) => endpoint);
  const sleeps = Map.groupBy(timeline.spans('suspend'), ({ endpoint }) => endpoint);
  return timeline.endpoints.flatMap(({ id, enrolledAt, until = now }) => {
    const window = {
      from: later(later(since, within.from), enrolledAt),
      to: earlier(earlier(now, within.to), until),
    };
    if (window.from >= window.to) return [];
    const heard = { words: words.get(id) ?? [], sleeps: sleeps.get(id) ?? [], quiet: quiet.get(id) ?? [] };
    return daysOf(window, { since, now }).flatMap((day) => {
      const today = common(dayPeriod(day), window);
      if (!today) return [];
      const due = basis === 'whole day' ? [today] : shared(hours, [today]);
      return due.length === 0 ? [] : [{ endpoint: id, day, basis, ...ofDay(due, { ...heard, now }) }];
    });
  });
}

interface Heard {
  readonly words: readonly Span<'agent'>[];
  readonly sleeps: readonly Period[];
  readonly quiet: readonly Silence[];
  readonly now: Instant;
}

function ofDay(due: readonly Period[], { words, sleeps, quiet, now }: Heard) {
  const ran = words.filter(
    ({ from, to = now }) => from < (due.at(-1)?.to ?? now) && to > (due[0]?.from ?? ''),
  );
  const awake = (periods: readonly Period[]) =>
    shared(due, merged(periods)).flatMap((period) => without(period, sleeps));
  const watched = awake(ran);
  const rested = quiet.flatMap(({ parts }) =>
    parts.filter(({ why }) => why === 'asleep' || why === 'shut-down'),
  );
  const resting = shared(due, merged([...sleeps, ...rested])).flatMap((period) => without(period, watched));
  const names = [...new Set(ran.flatMap(({ fact }) => Object.keys(fact.probes)))].toSorted();
  const sums = { due: totalMs(due, now), observed: totalMs(watched, now), resting: totalMs(resting, now) };
  return {
    ...sums,
    unobserved: sums.due - sums.observed - sums.resting,
    probes: Object.fromEntries(
      names.map((name) => [
        name,
        totalMs(awake(ran.filter(({ fact: { probes } }) => probes[name] === 'ok')), now),
      ]),
    ),
  };
}

function dayPeriod(day: string): Required<Period> {
  const from = millis(`${day}T00:00:00.000Z`);
  return { from: instant(from), to: instant(from + DAY) };
}

/** Periods that touch as one, in order. */
function merged(periods: readonly Period[]): readonly Period[] {
  return joined(periods.toSorted(byBeginning), 0).flatMap((run) => spread(run) ?? []);
}

/** What both lists cover; each in order and without overlaps. */
function shared(a: readonly Period[], b: readonly Period[]): readonly Period[] {
  return a.flatMap((one) => b.flatMap((other) => common(one, other) ?? []));
}
