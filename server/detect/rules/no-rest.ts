import * as z from 'zod';
import { DAY, HOUR, instant, MINUTE, millis } from '../../../shared/time.ts';
import { joined, lengthMs, spread, totalMs } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { type Sitting, sittings, usedHours } from '../sittings.ts';
import { during, length, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada' } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-01-05T14:00:00.000Z' } };

export const noRest = defineRule({
  id: 'no-rest',
  title: 'Machine was used for longer than one person can without rest',
  scope: 'contractor',
  family: 'presence',
  severity: 'high',
  advisories: ['us-2022-platform-3', 'japan-2024-3', 'fbi-2024-counterintelligence-1'],
  attack: ['T1078'],
  watches: ['activity'],
  contradicts: ['workHours'],
  settings: z.strictObject({
    sleepHours: z
      .number()
      .min(1)
      .max(8)
      .default(4)
      .describe('A rest of so many hours is sleep; without one …'),
    withoutSleepHours: z.number().min(20).max(96).default(36).describe('… use counts from so many hours on.'),
    pauseMinutes: z
      .int()
      .min(10)
      .max(120)
      .default(30)
      .describe('A pause of so many minutes is a meal; without one …'),
    withoutPauseHours: z.number().min(8).max(48).default(16).describe('… use counts from so many hours on.'),
    withinDays: z
      .int()
      .min(1)
      .max(30)
      .default(30)
      .describe('It has to happen twice within so many days; once alone is low.'),
    handMinutes: z
      .int()
      .min(1)
      .max(60)
      .default(5)
      .describe('Hours with fewer minutes of input, by hand or remote, are rest.'),
  }),
  falsePositives: [
    'An emergency that kept somebody up: once within the time is low, and a talk settles it.',
    'A device or program that moves the pointer while nobody is there.',
    'A long process that is attended by remote session in turns: agree on who does so.',
  ],
  blindSpots: [
    'People who take turns and leave four hours between them.',
    'Only the count of minutes of each hour is known, so every pause is taken to be as long as it can have been.',
    'Hours of which nothing was noted are taken for rest.',
  ],
  triage: [
    'Ask what happened in those hours, and who was at the machine.',
    'See whether input by hand and by remote session take turns, and from where the sessions came.',
    'Look for a program or device that keeps the machine awake.',
  ],
  evaluate(timeline, settings) {
    const hours = usedHours(timeline.spans('activity'), settings.handMinutes);
    const withoutSleep = longer(sittings(hours, settings.sleepHours * HOUR), settings.withoutSleepHours);
    const withoutPause = longer(sittings(hours, settings.pauseMinutes * MINUTE), settings.withoutPauseHours);
    const all = [...withoutSleep, ...withoutPause].toSorted((a, b) => (a.from < b.from ? -1 : 1));
    const times = joined(all, 0).flatMap((run) => {
      const period = spread(run);
      if (period?.to === undefined) return [];
      return { from: period.from, to: period.to, sittings: run };
    });
    const last = times.at(-1);
    if (!last) return [];
    const since = instant(millis(last.to) - settings.withinDays * DAY);
    const recent = times.filter(({ to }) => to >= since);
    const period = spread(recent);
    if (!period) return [];
    // Whoever goes on for twice as long has done it twice.
    const lengths = recent.map((time) => lengthMs(time, timeline.now));
    const events = lengths.reduce(
      (sum, ms) => sum + Math.max(1, Math.floor(ms / (settings.withoutSleepHours * HOUR))),
      0,
    );
    return [
      {
        key: 'no-rest',
        severity: events > 1 ? ('high' as const) : ('low' as const),
        reason: `The machine was in use without rest for ${listed(lengths.map(length))} ${during(period)}${events > 1 ? '' : ', once in that time'}.`,
        arithmetic: [
          {
            label: `without ${settings.sleepHours} h of sleep`,
            value: `${longest(withoutSleep)}, counts from ${settings.withoutSleepHours} h`,
          },
          {
            label: `without a pause of ${settings.pauseMinutes} min`,
            value: `${longest(withoutPause)}, counts from ${settings.withoutPauseHours} h`,
          },
          { label: 'in all', value: length(totalMs(recent, timeline.now)) },
          { label: 'times', value: `${events} within ${settings.withinDays} d, high from 2` },
        ],
        spans: [...new Set(recent.flatMap((time) => time.sittings.flatMap(spansOf)))],
        ...period,
      },
    ];
  },
  examples: [
    {
      name: 'Forty hours of use, twice in a month',
      story: [ADA, LAPTOP, ...used('2026-02-02', 40, 30), ...used('2026-02-16', 40, 30)],
      expect: [{ subject: 'ada', key: 'no-rest', severity: 'high' }],
    },
    {
      name: 'Eighty hours of use at a stretch',
      story: [ADA, LAPTOP, ...used('2026-02-02', 80, 20)],
      expect: [{ key: 'no-rest', severity: 'high' }],
    },
    {
      name: 'One emergency of forty hours',
      story: [ADA, LAPTOP, ...used('2026-02-02', 40, 30)],
      expect: [{ key: 'no-rest', severity: 'low' }],
    },
    {
      name: 'Seventeen hours without time for a meal, on two days',
      story: [ADA, LAPTOP, ...used('2026-02-02', 17, 55), ...used('2026-02-04', 17, 55)],
      expect: [{ key: 'no-rest', severity: 'high' }],
    },
    {
      name: 'Thirty-five hours of use, and long days with pauses',
      story: [ADA, LAPTOP, ...used('2026-02-02', 35, 30), ...used('2026-02-05', 17, 40)],
      expect: [],
    },
  ],
});

function longer(all: readonly Sitting[], hours: number): readonly Sitting[] {
  return all.filter(({ from, to }) => millis(to) - millis(from) >= hours * HOUR);
}

function longest(all: readonly Sitting[]): string {
  if (all.length === 0) return 'never so long';
  return `up to ${length(Math.max(...all.map(({ from, to }) => millis(to) - millis(from))))}`;
}

function spansOf({ hours }: Sitting): readonly string[] {
  return hours.flatMap(({ spans }) => spans);
}

function used(day: string, hours: number, minutes: number): readonly object[] {
  const midnight = millis(`${day}T00:00:00.000Z`);
  return Array.from({ length: hours }, (_, hour) => ({
    at: instant(midnight + (hour + 1) * HOUR),
    endpoint: 'laptop-1',
    noted: {
      kind: 'activity',
      hour: instant(midnight + hour * HOUR),
      local: hour % 2 === 0 ? minutes : 0,
      remote: hour % 2 === 0 ? 0 : minutes,
      locked: 0,
    },
  }));
}
