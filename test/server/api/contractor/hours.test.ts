import { expect, test } from 'vitest';
import { declaredMinutes, hoursOf } from '../../../../server/api/contractor/hours.ts';
import type { Span } from '../../../../server/detect/timeline.ts';
import { contractorTimelineOf } from '../../../../server/detect/timeline-of.ts';
import type { Declaration } from '../../../../shared/declaration.ts';
import type { Fact } from '../../../../shared/facts.ts';
import { factKey } from '../../../../shared/facts.ts';
import { HOUR, instant, millis } from '../../../../shared/time.ts';

const CHICAGO: Declaration = {
  timezone: 'America/Chicago',
  workHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
};

function span(fact: Fact, from: string, to = from): Span {
  return {
    id: `${fact.kind} ${from}`,
    endpoint: 'laptop-1',
    contractor: 'ada',
    kind: fact.kind,
    key: factKey(fact),
    source: 'agent',
    from,
    to,
    fact,
  };
}

function active(hour: string, minutes: { local?: number; remote?: number }): Span {
  return span({ kind: 'activity', hour, local: 0, remote: 0, locked: 0, ...minutes }, hour);
}

function hours(now: string, spans: readonly Span[], { weeks = 1, declaration = CHICAGO } = {}) {
  const timeline = contractorTimelineOf({
    now,
    since: '2026-01-01T00:00:00.000Z',
    contractor: { id: 'ada', declaration },
    endpoints: [{ id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-01-01T00:00:00.000Z' }],
    spans,
  });
  return hoursOf(timeline, weeks);
}

test('in the week in which clocks go forward one hour is not there, and the others keep their place', () => {
  // 2026-03-08 02:00 CST becomes 03:00 CDT. Nine o'clock is 15:00 UTC on the Friday before and 14:00 UTC on the Monday after.
  const { days } = hours('2026-03-10T05:00:00.000Z', [
    active('2026-03-06T15:00:00.000Z', { local: 40 }),
    active('2026-03-09T14:00:00.000Z', { local: 50 }),
  ]);
  expect(days[4]?.[9]?.local).toBe(40);
  expect(days[0]?.[9]?.local).toBe(50);
  expect(days[6]?.[2]?.hours).toBe(0);
  expect(days[6]?.[3]?.hours).toBe(1);
  expect(days.flat().reduce((sum, cell) => sum + cell.hours, 0)).toBe(7 * 24 - 1);
});

test('in the week in which clocks go back one hour is there twice', () => {
  const { days } = hours('2026-11-03T06:00:00.000Z', [
    active('2026-11-01T06:00:00.000Z', { local: 10 }),
    active('2026-11-01T07:00:00.000Z', { local: 20 }),
  ]);
  expect(days[6]?.[1]).toMatchObject({ hours: 2, local: 30 });
  expect(days.flat().reduce((sum, cell) => sum + cell.hours, 0)).toBe(7 * 24 + 1);
});

test('minutes within and outside the declared hours add up to all input', () => {
  const { within, outside, days } = hours('2026-03-07T06:00:00.000Z', [
    active('2026-03-02T15:00:00.000Z', { local: 30 }),
    active('2026-03-03T05:00:00.000Z', { remote: 45 }),
  ]);
  expect([within, outside]).toEqual([30, 45]);
  expect(days[0]?.[23]).toMatchObject({ remote: 45, declared: 0 });
  expect(days[0]?.[9]).toMatchObject({ local: 30, declared: 60 });
});

test('an hour of UTC is shared between two hours where a zone is half an hour off', () => {
  const { days } = hours('2026-03-07T00:00:00.000Z', [active('2026-03-02T04:00:00.000Z', { local: 40 })], {
    declaration: { timezone: 'Asia/Kolkata' },
  });
  expect(days[0]?.[9]?.local).toBe(20);
  expect(days[0]?.[10]?.local).toBe(20);
});

test('a session counts where activity was not counted, without the sleep of its machine', () => {
  const from = '2026-03-02T15:00:00.000Z';
  const session = span(
    { kind: 'session', user: 'ada', method: 'console', startedAt: from },
    from,
    instant(millis(from) + 3 * HOUR),
  );
  const sleep = { from: '2026-03-02T17:00:00.000Z', until: '2026-03-02T17:30:00.000Z' };
  const { days } = hours('2026-03-07T06:00:00.000Z', [
    session,
    active('2026-03-02T16:00:00.000Z', { local: 12 }),
    span({ kind: 'suspend', ...sleep }, sleep.from, sleep.until),
  ]);
  expect(days[0]?.slice(9, 12).map((cell) => cell.session)).toEqual([60, 0, 30]);
  expect(days[0]?.[10]?.local).toBe(12);
});

test('a shift over midnight is declared on two days, the last one on the first', () => {
  const mask = declaredMinutes({
    timezone: 'UTC',
    workHours: { days: ['sun'], from: '22:30', to: '01:15' },
  });
  expect(mask.flatMap((minutes, at) => (minutes > 0 ? [[at, minutes]] : []))).toEqual([
    [0, 60],
    [1, 15],
    [166, 30],
    [167, 60],
  ]);
});
