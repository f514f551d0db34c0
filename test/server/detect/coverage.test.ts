import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverage } from '../../../server/detect/coverage.ts';
import { offsets } from '../../../server/detect/offsets.ts';
import { storyFrom, timelinesOf } from '../../../server/detect/story.ts';
import { HOUR } from '../../../shared/time.ts';

const HOURS = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' };
const CHICAGO = { countries: ['US'], timezone: 'America/Chicago', workHours: HOURS };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T15:00:00.000Z' } };
const time = (clock: string) => (clock.includes('T') ? `${clock}:00.000Z` : `2026-03-02T${clock}:00.000Z`);
const at = (clock: string) => ({ at: time(clock), endpoint: 'laptop-1' });
const runs = (clock: string, probes: object = { tools: 'ok' }, boot = 'boot-1') => ({
  ...at(clock),
  began: { kind: 'agent', version: '1', catalog: '1', policy: '1', boot, probes },
});
const stops = (clock: string) => ({ ...at(clock), ended: { kind: 'agent' } });
const slept = (from: string, until: string) => ({
  ...at(until),
  noted: { kind: 'suspend', from: time(from), until: time(until) },
});

function coverageOf(declaration: object, now: string, ...lines: readonly object[]) {
  const ada = { contractor: { id: 'ada', ...declaration } };
  const timelines = timelinesOf(storyFrom([ada, LAPTOP, ...lines, { now: time(now) }]));
  const timeline = timelines.find((each) => each.scope === 'contractor');
  if (timeline?.scope !== 'contractor') throw new Error('no timeline');
  return coverage(timeline, offsets());
}

/** Hours instead of milliseconds. */
function inHours({ due, observed, resting, unobserved, probes }: ReturnType<typeof coverageOf>[number]) {
  const all = Object.entries({ due, observed, resting, unobserved, ...probes });
  return Object.fromEntries(all.map(([name, ms]) => [name, ms / HOUR]));
}

test('declared hours count from the enrollment on, in their own time zone', () => {
  const [day, ...more] = coverageOf(CHICAGO, '2026-03-03T00:00', runs('15:00'));
  expect(more).toEqual([]);
  expect(day).toMatchObject({ endpoint: 'laptop-1', day: '2026-03-02', basis: 'declared hours' });
  expect(day && inHours(day)).toEqual({ due: 8, observed: 8, resting: 0, unobserved: 0, tools: 8 });
});

test('a day on which no work was declared asks for nothing', () => {
  const days = coverageOf(CHICAGO, '2026-03-10T00:00', runs('15:00')).map(({ day }) => day.slice(-2));
  expect(days).toEqual(['02', '03', '04', '05', '06', '09']);
});

test('without declared hours, all of the day is due', () => {
  const days = coverageOf({ countries: ['US'] }, '2026-03-03T06:00', runs('15:00'));
  expect(days.map((day) => [day.basis, inHours(day)['due']])).toEqual([
    ['whole day', 9],
    ['whole day', 6],
  ]);
});

test('sleep is rest, and an agent that did not run observed nothing', () => {
  const lines = [runs('15:00'), slept('16:00', '18:00'), stops('20:00'), runs('22:00')];
  const [day] = coverageOf(CHICAGO, '2026-03-03T00:00', ...lines);
  expect(day && inHours(day)).toEqual({ due: 8, observed: 4, resting: 2, unobserved: 2, tools: 4 });
});

test('a probe covers only the time in which it worked', () => {
  const lines = [
    runs('15:00', { tools: 'ok', usb: 'denied' }),
    stops('19:00'),
    runs('19:00', { tools: 'ok', usb: 'ok' }),
  ];
  const [day] = coverageOf(CHICAGO, '2026-03-03T00:00', ...lines);
  expect(day && inHours(day)).toMatchObject({ observed: 8, tools: 8, usb: 4 });
});

test('whatever the agent and the machine did, the parts add up to what was due and none is negative', () => {
  const clock = fc.integer({ min: 15 * 60, max: 23 * 60 });
  const hhmm = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  fc.assert(
    fc.property(
      fc.uniqueArray(clock, { minLength: 4, maxLength: 8 }),
      fc.boolean(),
      (minutes, sleepsFirst) => {
        const [a = 0, b = 0, c = 0, d = 0] = minutes.toSorted((x, y) => x - y);
        const sleep = sleepsFirst ? slept(hhmm(a), hhmm(c)) : slept(hhmm(b), hhmm(d));
        const lines = [runs(hhmm(a)), stops(hhmm(b)), runs(hhmm(c)), stops(hhmm(d)), sleep];
        const inOrder = lines.toSorted((one, other) => (one.at < other.at ? -1 : 1));
        for (const { due, observed, resting, unobserved, probes } of coverageOf(
          CHICAGO,
          '23:30',
          ...inOrder,
        )) {
          expect(observed + resting + unobserved).toBe(due);
          expect(Math.min(observed, resting, unobserved)).toBeGreaterThanOrEqual(0);
          expect(Math.max(0, ...Object.values(probes))).toBeLessThanOrEqual(observed);
        }
      },
    ),
    { numRuns: 100 },
  );
});
