import { DAY, type Instant, instant, utcOffsetMinutes } from '../../shared/time.ts';
import { dayNumber } from './periods.ts';

export type OffsetOf = (timezone: string, at: Instant) => number;

/**
 * `utcOffsetMinutes` for many moments: it is asked twice a day and zone, and again only on days on which the offset changes.
 * Each look-up costs about 15 µs, a month of working days needs dozens, and all judgements ask about the same days.
 */
export function offsets(): OffsetOf {
  return (timezone, at) => {
    const day = dayNumber(at);
    const days = daysIn(timezone);
    const kept = days.get(day) ?? offsetOfDay(timezone, day);
    days.set(day, kept);
    return kept === 'changes' ? utcOffsetMinutes(timezone, at) : kept;
  };
}

/** Of so many days in each of so many zones: more are asked for only where clocks are absurd. */
const MOST_DAYS = 2_000;
const MOST_ZONES = 1_000;

const zones = new Map<string, Map<number, number | 'changes'>>();

function daysIn(timezone: string): Map<number, number | 'changes'> {
  const kept = zones.get(timezone);
  if (kept && kept.size < MOST_DAYS) return kept;
  if (zones.size >= MOST_ZONES) zones.clear();
  const made = new Map<number, number | 'changes'>();
  zones.set(timezone, made);
  return made;
}

function offsetOfDay(timezone: string, day: number): number | 'changes' {
  const first = utcOffsetMinutes(timezone, instant(day * DAY));
  return first === utcOffsetMinutes(timezone, instant((day + 1) * DAY)) ? first : 'changes';
}
