import { DAY, type Instant, instant, utcOffsetMinutes } from '../../shared/time.ts';
import { dayNumber } from './periods.ts';

export type OffsetOf = (timezone: string, at: Instant) => number;

/**
 * `utcOffsetMinutes` for many moments: it is asked twice a day and zone, and again only on days on which the offset changes.
 * Each look-up costs about 15 µs, and a noisy endpoint can bring a hundred thousand.
 */
export function offsets(): OffsetOf {
  const days = new Map<string, number | 'changes'>();
  return (timezone, at) => {
    const day = dayNumber(at);
    const key = `${timezone}|${day}`;
    const kept = days.get(key) ?? offsetOfDay(timezone, day);
    days.set(key, kept);
    return kept === 'changes' ? utcOffsetMinutes(timezone, at) : kept;
  };
}

function offsetOfDay(timezone: string, day: number): number | 'changes' {
  const first = utcOffsetMinutes(timezone, instant(day * DAY));
  return first === utcOffsetMinutes(timezone, instant((day + 1) * DAY)) ? first : 'changes';
}
