import type { HourCell, HoursView } from '../../../shared/api/timeline.ts';
import { type Declaration, WEEKDAYS } from '../../../shared/declaration.ts';
import { DAY, HOUR, type Instant, instant, MINUTE, millis } from '../../../shared/time.ts';
import { type OffsetOf, offsets } from '../../detect/offsets.ts';
import type { ContractorTimeline, Period } from '../../detect/timeline.ts';
import { workPeriods } from '../../detect/work-hours.ts';

type Counted = 'local' | 'remote' | 'locked' | 'session';
type Minutes = Record<Counted, number>;
type Cell = { -readonly [K in keyof HourCell]: HourCell[K] };

/** A week of hours in the contractor's zone, each with what was done in it over so many weeks. Right over changes of the clocks. */
export function hoursOf(timeline: ContractorTimeline, weeks: number): HoursView {
  const { declaration } = timeline.contractor;
  const timezone = declaration?.timezone ?? 'UTC';
  const offsetIn = offsets();
  const window = weeksUntil(timeline.now, { weeks, timezone, offsetIn });
  const days = emptyWeek(declaration);
  const used = minutesByHour(timeline, window);
  const work = workPeriods(declaration, window, offsetIn);
  const totals = { within: 0, outside: 0 };
  for (let at = millis(window.since); at < millis(window.now); at += PART) {
    const minutes = used.get(Math.floor(at / HOUR) * HOUR);
    const cell = cellAt(days, at + offsetIn(timezone, instant(at)) * MINUTE);
    if (!cell) continue;
    add(cell, minutes);
    const input = ((minutes?.local ?? 0) + (minutes?.remote ?? 0)) * (PART / HOUR);
    if (input > 0) totals[isWithin(work, at) ? 'within' : 'outside'] += input;
  }
  const declaredHours = statedHours(declaration);
  return {
    timezone,
    declaredZone: declaration?.timezone !== undefined,
    declaredHours,
    from: window.since,
    to: window.now,
    weeks,
    days: days.map((day) => day.map(rounded)),
    within: declaredHours === 'declared' ? tenth(totals.within) : null,
    outside: declaredHours === 'declared' ? tenth(totals.outside) : null,
  };
}

/** Activity is counted by hours of UTC, and zones are off by quarters of them: each quarter is put where it belongs. */
const PART = 15 * MINUTE;

function statedHours(declaration: Declaration | undefined): HoursView['declaredHours'] {
  if (declaration?.flexibleHours) return 'flexible';
  return declaration?.workHours && declaration.timezone !== undefined ? 'declared' : 'not-declared';
}

/** Whole weeks, to the end of the current hour: from the same time of the clock as many days before. */
function weeksUntil(
  now: Instant,
  {
    weeks,
    timezone,
    offsetIn,
  }: { readonly weeks: number; readonly timezone: string; readonly offsetIn: OffsetOf },
): { readonly since: Instant; readonly now: Instant } {
  const end = Math.ceil(millis(now) / HOUR) * HOUR;
  const start = end - weeks * 7 * DAY;
  const moved = offsetIn(timezone, instant(end)) - offsetIn(timezone, instant(start));
  return { since: instant(start + moved * MINUTE), now: instant(end) };
}

function minutesByHour(
  timeline: ContractorTimeline,
  { since, now }: { readonly since: Instant; readonly now: Instant },
): ReadonlyMap<number, Minutes> {
  const hours = new Map<number, Minutes>();
  const counted = new Set<string>();
  for (const { endpoint, from, fact } of timeline.spans('activity')) {
    if (from < instant(millis(since) - HOUR) || from >= now) continue;
    const at = Math.floor(millis(from) / HOUR) * HOUR;
    counted.add(`${endpoint} ${at}`);
    put(hours, at, { local: fact.local, remote: fact.remote, locked: fact.locked });
  }
  for (const span of [...timeline.spans('session'), ...timeline.spans('control')]) {
    const asleep = timeline.spans('suspend').filter(({ endpoint }) => endpoint === span.endpoint);
    const end = Math.min(millis(span.to ?? now), millis(now));
    const start = Math.max(millis(span.from), millis(since));
    for (let at = Math.floor(start / HOUR) * HOUR; at < end; at += HOUR) {
      if (counted.has(`${span.endpoint} ${at}`)) continue;
      const hour = { from: Math.max(at, start), to: Math.min(at + HOUR, end) };
      const slept = asleep.reduce(
        (sum, { fact }) => sum + commonMs(hour, { from: millis(fact.from), to: millis(fact.until) }),
        0,
      );
      put(hours, at, { session: Math.max(0, hour.to - hour.from - slept) / MINUTE });
    }
  }
  return hours;
}

function put(hours: Map<number, Minutes>, at: number, more: Partial<Minutes>): void {
  const known = hours.get(at) ?? { local: 0, remote: 0, locked: 0, session: 0 };
  hours.set(at, {
    local: Math.min(60, known.local + (more.local ?? 0)),
    remote: Math.min(60, known.remote + (more.remote ?? 0)),
    locked: Math.min(60, known.locked + (more.locked ?? 0)),
    session: Math.min(60, known.session + (more.session ?? 0)),
  });
}

function commonMs(a: { from: number; to: number }, b: { from: number; to: number }): number {
  return Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
}

function add(cell: Cell, minutes: Minutes | undefined): void {
  const part = PART / HOUR;
  cell.hours += part;
  if (!minutes) return;
  const { local, remote, locked, session } = minutes;
  if (local + remote + locked > 0) cell.counted += part;
  cell.local += local * part;
  cell.remote += remote * part;
  cell.locked += locked * part;
  cell.session += session * part;
}

function isWithin(periods: readonly Required<Period>[], at: number): boolean {
  const moment = instant(at);
  return periods.some(({ from, to }) => from <= moment && moment < to);
}

/** `local` is a wall clock's reading, as if it were UTC. */
function cellAt(days: readonly (readonly Cell[])[], local: number): Cell | undefined {
  const moment = new Date(local);
  return days[(moment.getUTCDay() + 6) % 7]?.[moment.getUTCHours()];
}

function emptyWeek(declaration: Declaration | undefined): readonly (readonly Cell[])[] {
  const mask = declaredMinutes(declaration);
  return WEEKDAYS.map((_, day) =>
    Array.from({ length: 24 }, (__, hour) => ({
      hours: 0,
      counted: 0,
      local: 0,
      remote: 0,
      locked: 0,
      session: 0,
      declared: mask[day * 24 + hour] ?? 0,
    })),
  );
}

/** Minutes of work in each hour of a week, Monday first; a shift over midnight goes on on the next day. */
export function declaredMinutes(declaration: Declaration | undefined): readonly number[] {
  const week = Array.from({ length: 7 * 24 }, () => 0);
  if (!declaration?.workHours || statedHours(declaration) !== 'declared') return week;
  const { days, from, to } = declaration.workHours;
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const lasts = end > start ? end - start : end - start + 24 * 60;
  for (const day of days) {
    const first = WEEKDAYS.indexOf(day) * 24 * 60 + start;
    for (let hour = Math.floor(first / 60); hour * 60 < first + lasts; hour++) {
      const shared = Math.min(first + lasts, (hour + 1) * 60) - Math.max(first, hour * 60);
      const index = hour % week.length;
      week[index] = Math.min(60, (week[index] ?? 0) + shared);
    }
  }
  return week;
}

function minutesOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number);
  return hours * 60 + minutes;
}

function rounded(cell: Cell): HourCell {
  return {
    hours: tenth(cell.hours),
    counted: tenth(cell.counted),
    local: tenth(cell.local),
    remote: tenth(cell.remote),
    locked: tenth(cell.locked),
    session: tenth(cell.session),
    declared: cell.declared,
  };
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
