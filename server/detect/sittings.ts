import { HOUR, type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import type { Period, Span } from './timeline.ts';

/** An hour in which somebody used a machine of theirs, by hand or from afar. */
export interface UsedHour {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** At most 60, however many machines. */
  readonly minutes: number;
  readonly spans: readonly string[];
}

/** Hours that follow each other without a pause. */
export interface Sitting extends Required<Period> {
  readonly hours: readonly UsedHour[];
}

/** The hours with at least so many minutes of input, in order; what was noted of several machines, or twice, is added up. */
export function usedHours(notes: readonly Span<'activity'>[], leastMinutes: number): readonly UsedHour[] {
  // Most hours of a month are nights and weekends.
  const used = notes.filter(({ fact }) => fact.local + fact.remote > 0);
  const byHour = Map.groupBy(used, ({ from }) => Math.floor(millis(from) / HOUR) * HOUR);
  return [...byHour]
    .map(([at, spans]) => ({
      at,
      minutes: Math.min(
        60,
        spans.reduce((sum, { fact }) => sum + fact.local + fact.remote, 0),
      ),
      spans: spans.map(({ id }) => id),
    }))
    .filter(({ minutes }) => minutes >= Math.max(1, leastMinutes))
    .toSorted((a, b) => a.at - b.at);
}

/**
 * Runs of used hours between which no pause of `pauseMs` can lie. Of an hour only the count of its minutes is known, so a pause is
 * taken to be as long as it can have been: what is missing of both hours, and all between.
 */
export function sittings(hours: readonly UsedHour[], pauseMs: number): readonly Sitting[] {
  const runs: UsedHour[][] = [];
  let before: UsedHour | undefined;
  for (const hour of hours) {
    const free = before && hour.at - before.at - (before.minutes + hour.minutes - 60) * MINUTE;
    const run = runs.at(-1);
    if (run && free !== undefined && free < pauseMs) run.push(hour);
    else runs.push([hour]);
    before = hour;
  }
  return runs.flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    return first && last ? [{ from: instant(first.at), to: end(last), hours: run }] : [];
  });
}

function end({ at }: UsedHour): Instant {
  return instant(at + HOUR);
}
