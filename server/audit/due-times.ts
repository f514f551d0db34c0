import { Cron } from 'croner';
import { CodedError } from '../../shared/errors.ts';
import { type Instant, instant } from '../../shared/time.ts';

/** How many missed due times are made up; the older ones are left out, and that is said. */
export const MOST_MADE_UP = 50;
/** Each costs 0.1 ms to find. */
const MOST_COUNTED = 1_000;

export interface DueTimes {
  /** The first one after a moment; null where none ever comes. */
  next(after: Instant): Instant | null;
  /** The first few after a moment. */
  few(after: Instant, count: number): readonly Instant[];
  /** All from `first`, which is one of them, through `now`: the latest `most`, and what is left out before them. */
  through(now: Instant, first: Instant, most: number): Missed;
}

interface Missed {
  readonly due: readonly Instant[];
  readonly leftOut: LeftOut | undefined;
}

export interface LeftOut {
  readonly first: Instant;
  readonly through: Instant;
  readonly count: number;
  readonly orMore: boolean;
}

/**
 * When a cron expression of five fields is due on the clocks of a zone. Croner's rule for clocks that are set: where minute and hour are one
 * value each, a time that the clocks leap over is due right after the leap, and one that comes twice is due the first time alone. Anything
 * that repeats (lists, steps, ranges, `*`) goes by what the clocks show: not in a gap, and in both hours of a doubled one.
 * Throws SCHEDULE_INVALID.
 */
export function dueTimes({ cron, timezone }: { readonly cron: string; readonly timezone: string }): DueTimes {
  const job = parsed(cron, timezone);
  const few = (after: Instant, count: number) => job.nextRuns(count, new Date(after)).map(instantOf);
  return {
    next: (after) => few(after, 1)[0] ?? null,
    few,
    through(now, first, most) {
      // It gives those before a moment, to the second.
      const end = new Date(Math.floor(Date.parse(now) / 1_000) * 1_000 + 1_000);
      const latest = job
        .previousRuns(most, end)
        .map(instantOf)
        .filter((due) => due >= first)
        .toReversed();
      const [kept] = latest;
      return { due: latest, leftOut: kept === undefined ? undefined : before(kept, first) };
    },
  };

  function before(kept: Instant, first: Instant): LeftOut | undefined {
    if (first >= kept) return undefined;
    const out = [first];
    for (let due = job.nextRun(new Date(first)); due && out.length < MOST_COUNTED; due = job.nextRun(due)) {
      if (instantOf(due) >= kept) break;
      out.push(instantOf(due));
    }
    const [through = first] = job.previousRuns(1, new Date(kept)).map(instantOf);
    return { first, through, count: out.length, orMore: out.at(-1) !== through };
  }
}

function parsed(cron: string, timezone: string): Cron {
  // Croner takes the moment of parsing for a question mark: such a schedule would move with every restart.
  if (cron.includes('?'))
    throw new CodedError('SCHEDULE_INVALID', { cron, reason: '"?" means nothing lasting; write "*"' });
  try {
    return new Cron(cron, { timezone, mode: '5-part', paused: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : String(cause);
    throw new CodedError('SCHEDULE_INVALID', { cron, reason }, { cause });
  }
}

function instantOf(date: Date): Instant {
  return instant(date.getTime());
}
