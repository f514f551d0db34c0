import type { Declaration } from '../../shared/declaration.ts';
import { DAY, type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import type { OffsetOf } from './offsets.ts';
import type { Period } from './timeline.ts';

const WEEK = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** The declared hours of work that touch a window, in order; none where nothing was declared or hours are free. */
export function workPeriods(
  declaration: Declaration | undefined,
  { since, now }: { readonly since: Instant; readonly now: Instant },
  offsetIn: OffsetOf,
): readonly Required<Period>[] {
  if (!declaration) return [];
  const last = latest.get(declaration);
  if (last?.since === since && last.now === now) return last.periods;
  const periods = periodsOf(declaration, { since, now }, offsetIn);
  latest.set(declaration, { since, now, periods });
  return periods;
}

/** Several rules ask for the same hours of one timeline. */
const latest = new WeakMap<
  Declaration,
  { readonly since: Instant; readonly now: Instant; readonly periods: readonly Required<Period>[] }
>();

function periodsOf(
  { workHours, timezone, flexibleHours }: Declaration,
  { since, now }: { readonly since: Instant; readonly now: Instant },
  offsetIn: OffsetOf,
): readonly Required<Period>[] {
  if (!workHours || timezone === undefined || flexibleHours) return [];
  const [start, end] = [minutesOf(workHours.from), minutesOf(workHours.to)];
  const lasts = end > start ? end - start : end - start + DAY / MINUTE;
  const periods: Required<Period>[] = [];
  const first = Math.floor(millis(since) / DAY) - 2;
  for (let day = first; day * DAY <= millis(now) + DAY; day++) {
    const weekday = WEEK[(((day + 4) % 7) + 7) % 7];
    if (weekday === undefined || !workHours.days.includes(weekday)) continue;
    const local = day * DAY + start * MINUTE;
    const from = local - offsetIn(timezone, instant(local)) * MINUTE;
    const to = from + lasts * MINUTE;
    if (to > millis(since) && from < millis(now)) periods.push({ from: instant(from), to: instant(to) });
  }
  return periods;
}

function minutesOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number);
  return hours * 60 + minutes;
}
