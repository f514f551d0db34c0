import type { Period } from '../../shared/api/schedules.ts';
import { DAY, type Instant, instant, MINUTE, millis, utcOffsetMinutes } from '../../shared/time.ts';

/** The last whole day, week (from Monday), month or quarter before a moment, as the clocks of a zone count them. */
export function periodBefore(
  period: Exclude<Period, 'since-last'>,
  due: Instant,
  timezone: string,
): { readonly from: Instant; readonly to: Instant } {
  const [year, month, day] = new Date(millis(due) + utcOffsetMinutes(timezone, due) * MINUTE)
    .toISOString()
    .slice(0, 10)
    .split('-')
    .map(Number);
  const date = { year: year ?? 0, month: (month ?? 1) - 1, day: day ?? 1 };
  const [from, to] = datesOf(period, date);
  return { from: startOf(from, timezone), to: startOf(to, timezone) };
}

interface YearMonthDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Where the period begins and where the next one does, as dates (UTC midnights stand for them). */
function datesOf(
  period: Exclude<Period, 'since-last'>,
  { year, month, day }: YearMonthDay,
): readonly [number, number] {
  const today = Date.UTC(year, month, day);
  if (period === 'day') return [today - DAY, today];
  if (period === 'week') {
    const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY;
    return [monday - 7 * DAY, monday];
  }
  const months = period === 'month' ? 1 : 3;
  const first = month - (month % months);
  return [Date.UTC(year, first - months, 1), Date.UTC(year, first, 1)];
}

/** The first moment of a date in a zone; where clocks leap over midnight, the moment of the leap. */
function startOf(date: number, timezone: string): Instant {
  const offsets = [-DAY, DAY].map((away) => utcOffsetMinutes(timezone, instant(date + away)) * MINUTE);
  const [before = 0, after = 0] = offsets;
  // Clocks that are set back show a midnight twice: the day begins with the first of them.
  const fitting = [date - before, date - after]
    .filter((at) => at + utcOffsetMinutes(timezone, instant(at)) * MINUTE === date)
    .toSorted((a, b) => a - b);
  return instant(fitting[0] ?? date - before);
}
