import * as z from 'zod';
import type { WorkHours } from '../../../shared/declaration.ts';
import { DAY, HOUR, instant, MINUTE, millis } from '../../../shared/time.ts';
import { type OffsetOf, offsets } from '../offsets.ts';
import { touchingAny } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { sittings, type UsedHour, usedHours } from '../sittings.ts';
import type { ContractorTimeline } from '../timeline.ts';
import { during, length } from '../wording.ts';
import { workPeriods } from '../work-hours.ts';

const WEEK = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' };
const DECLARED = { id: 'ada', timezone: 'America/Chicago', workHours: WEEK };
const ADA = { contractor: DECLARED };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-01-05T14:00:00.000Z' } };
const NOW = { now: '2026-02-15T12:00:00.000Z' };
/** In UTC; Chicago is six hours behind. */
const DAYS = ['02', '03', '04', '05', '06', '09', '10', '11', '12', '13'];

/** Whoever rests for so long has ended a day of work, at whatever time of day. */
const REST_MS = 4 * HOUR;

export const hoursContradiction = defineRule({
  id: 'hours-contradiction',
  title: 'Hours of use lie far from the declared hours of work',
  scope: 'contractor',
  family: 'presence',
  severity: 'medium',
  advisories: ['us-2022-hr-8', 'us-2022-hr-2', 'seal-hours', 'unit42-2024-kvm', 'knowbe4-2024'],
  attack: ['T1078'],
  watches: ['activity'],
  contradicts: ['workHours', 'timezone', 'flexibleHours'],
  settings: z.strictObject({
    days: z.int().min(3).max(25).default(10).describe('So many worked days in a row are looked at together.'),
    share: z
      .number()
      .min(0.5)
      .max(1)
      .default(0.7)
      .describe('The part of their minutes that has to lie outside the declared hours …'),
    toleranceHours: z.number().min(0).max(6).default(2).describe('… and outside so many hours around them.'),
    peakHours: z
      .number()
      .min(1)
      .max(12)
      .default(5)
      .describe(
        'The busiest stretch of the day has to begin at least so many hours before or after the declared one.',
      ),
    handMinutes: z
      .int()
      .min(1)
      .max(60)
      .default(5)
      .describe('Hours with fewer minutes of input, by hand or remote, do not count.'),
  }),
  falsePositives: [
    'Caregivers, students and whoever works when it suits: declare `flexibleHours`.',
    'On-call work and releases at night for weeks on end: declare the shift, or make an exception for its time.',
    'A journey to another time zone without a word: the declaration has to follow.',
  ],
  blindSpots: [
    'A far hand who keeps the declared hours at night where they are.',
    'Contractors who declared no work hours or no time zone contradict nothing.',
    'A pointer that a device or program moves counts as input.',
    'The hour is the machine’s own word: whoever sets its clock shifts it, which other rules see.',
  ],
  triage: [
    'Ask when they work and why; compare with meetings that they attended.',
    'See whether the hours are by hand or by remote session, and whether they changed on one day.',
    'Weak alone: look for a remote tool, an IP-KVM or a shared address in the same weeks.',
  ],
  evaluate(timeline, settings) {
    const { workHours, timezone, flexibleHours } = timeline.contractor.declaration ?? {};
    if (!workHours || timezone === undefined || flexibleHours) return [];
    const offsetIn = offsets();
    const localHour = localHourIn(timezone, offsetIn);
    const worked = workedDays(timeline, { ...settings, offsetIn, localHour });
    const kept = contradicting(worked, settings, (bins) => {
      const peak = peakOf(bins, workHours);
      return peak.hoursOff >= settings.peakHours;
    });
    const [first, last] = [kept[0], kept.at(-1)];
    if (!first || !last) return [];
    const sum = kept.reduce((all, day) => added(all, day, 1), NOTHING);
    const peak = peakOf(sum.bins, workHours);
    const period = { from: first.from, to: last.to };
    const percent = Math.round((sum.outside / sum.minutes) * 100);
    return [
      {
        key: 'hours',
        reason: `${percent} % of the use ${during(period)} lay outside the declared hours, most of it from ${clock(peak.from)} on by the declared time zone; declared were ${workHours.from} to ${workHours.to}.`,
        arithmetic: [
          { label: 'declared hours', value: `${workHours.days.join(' ')} ${workHours.from}–${workHours.to}` },
          { label: 'declared time zone', value: timezone },
          {
            label: `minutes outside, ${settings.toleranceHours} h around them allowed`,
            value: `${sum.outside} of ${sum.minutes} (${percent} %), at least ${Math.round(settings.share * 100)} %`,
          },
          {
            label: 'busiest stretch begins',
            value: `${clock(peak.from)}, ${length(peak.hoursOff * HOUR)} off, at least ${settings.peakHours} h`,
          },
          { label: 'worked days', value: `${kept.length} of at least ${settings.days}` },
        ],
        spans: kept.flatMap(({ spans }) => spans),
        ...period,
      },
    ];
  },
  examples: [
    {
      name: 'Two weeks of work from 20:00 to 04:00',
      story: [ADA, LAPTOP, ...DAYS.flatMap((day) => works(day, 2)), NOW],
      expect: [{ subject: 'ada', key: 'hours', severity: 'medium' }],
    },
    {
      name: 'Two weeks of work in the declared hours',
      story: [ADA, LAPTOP, ...DAYS.flatMap((day) => works(day, 15)), NOW],
      expect: [],
    },
    {
      name: 'Four hours late every day, which is nobody’s business',
      story: [ADA, LAPTOP, ...DAYS.flatMap((day) => works(day, 19)), NOW],
      expect: [],
    },
    {
      name: 'Nine nights are too few to tell',
      story: [ADA, LAPTOP, ...DAYS.slice(1).flatMap((day) => works(day, 2)), NOW],
      expect: [],
    },
    {
      name: 'Nights of somebody who declared flexible hours',
      story: [
        { contractor: { ...DECLARED, flexibleHours: true } },
        LAPTOP,
        ...DAYS.flatMap((day) => works(day, 2)),
        NOW,
      ],
      expect: [],
    },
  ],
});

/** Minutes of use by hour of the day, all of them, and those outside. */
interface Use {
  readonly bins: readonly number[];
  readonly minutes: number;
  readonly outside: number;
}

interface WorkedDay extends Use {
  readonly from: string;
  readonly to: string;
  readonly spans: readonly string[];
}

const NOTHING: Use = { bins: Array.from({ length: 24 }, () => 0), minutes: 0, outside: 0 };

function added(sum: Use, day: Use, times: 1 | -1): Use {
  return {
    bins: sum.bins.map((minutes, hour) => minutes + times * (day.bins[hour] ?? 0)),
    minutes: sum.minutes + times * day.minutes,
    outside: sum.outside + times * day.outside,
  };
}

interface Looking {
  readonly handMinutes: number;
  readonly toleranceHours: number;
  readonly offsetIn: OffsetOf;
  readonly localHour: (at: number) => number;
}

/**
 * A day begins when somebody sits down after a rest, so a night is one day and not two; whoever never rests begins one every
 * 24 hours. A day that may still go on is left out, so that a finding does not change with every hour.
 */
function workedDays(timeline: ContractorTimeline, looking: Looking): readonly WorkedDay[] {
  const { declaration } = timeline.contractor;
  const tolerance = looking.toleranceHours * HOUR;
  const atWork = touchingAny(
    workPeriods(declaration, timeline, looking.offsetIn).map(({ from, to }) => ({
      from: instant(millis(from) - tolerance),
      to: instant(millis(to) + tolerance),
    })),
  );
  const isOutside = ({ at }: UsedHour) => {
    const middle = instant(at + 30 * MINUTE);
    return !atWork({ from: middle, to: middle });
  };
  const used = sittings(usedHours(timeline.spans('activity'), looking.handMinutes), REST_MS);
  const over = used.filter(({ to }) => millis(to) + REST_MS <= millis(timeline.now));
  const dated = over.flatMap(({ from, hours }) => {
    const began = millis(from);
    const local = Math.floor((began + looking.offsetIn(declaration?.timezone ?? 'UTC', from) * MINUTE) / DAY);
    return hours.map((hour) => ({ day: local + Math.floor((hour.at - began) / DAY), hour }));
  });
  return [...Map.groupBy(dated, ({ day }) => day).values()].flatMap((entries) => {
    const hours = entries.map(({ hour }) => hour);
    const [first, last] = [hours[0], hours.at(-1)];
    if (!first || !last) return [];
    const bins = [...NOTHING.bins];
    let [minutes, outside] = [0, 0];
    for (const hour of hours) {
      const bin = looking.localHour(hour.at);
      bins[bin] = (bins[bin] ?? 0) + hour.minutes;
      minutes += hour.minutes;
      if (isOutside(hour)) outside += hour.minutes;
    }
    return [
      {
        ...{ bins, minutes, outside },
        from: instant(first.at),
        to: instant(last.at + HOUR),
        spans: hours.flatMap(({ spans }) => spans),
      },
    ];
  });
}

/** The days that lie in some run of `days` of which enough is outside and the peak is far off. */
function contradicting(
  worked: readonly WorkedDay[],
  { days, share }: { readonly days: number; readonly share: number },
  isFar: (bins: readonly number[]) => boolean,
): readonly WorkedDay[] {
  let sum = NOTHING;
  let chosen = 0;
  const kept: WorkedDay[] = [];
  for (const [index, day] of worked.entries()) {
    sum = added(sum, day, 1);
    const gone = worked[index - days];
    if (gone) sum = added(sum, gone, -1);
    if (index + 1 < days || sum.outside < share * sum.minutes || !isFar(sum.bins)) continue;
    kept.push(...worked.slice(Math.max(chosen, index + 1 - days), index + 1));
    chosen = index + 1;
  }
  return kept;
}

/** Where the stretch of the day begins, as long as the declared one, that holds most minutes; of equal ones the nearest. */
function peakOf(
  bins: readonly number[],
  { from, to }: WorkHours,
): { readonly from: number; readonly hoursOff: number } {
  const start = hoursOf(from);
  const lasts = Math.max(1, Math.round((hoursOf(to) - start + 24) % 24));
  let [best, most] = [0, -1];
  for (let hour = 0; hour < 24; hour++) {
    let minutes = 0;
    for (let next = 0; next < lasts; next++) minutes += bins[(hour + next) % 24] ?? 0;
    const nearer = minutes === most && apart(hour, start) < apart(best, start);
    if (minutes > most || nearer) [best, most] = [hour, minutes];
  }
  return { from: best, hoursOff: apart(best, start) };
}

function apart(a: number, b: number): number {
  const hours = Math.abs(a - b) % 24;
  return Math.min(hours, 24 - hours);
}

function hoursOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number);
  return hours + minutes / 60;
}

function localHourIn(timezone: string, offsetIn: OffsetOf): (at: number) => number {
  return (at) => {
    const local = at + offsetIn(timezone, instant(at)) * MINUTE;
    return Math.floor((((local % DAY) + DAY) % DAY) / HOUR);
  };
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

function works(day: string, fromHour: number): readonly object[] {
  const midnight = millis(`2026-02-${day}T00:00:00.000Z`);
  return [0, 1, 2, 3, 4, 5, 6, 7].map((hour) => {
    const at = midnight + (fromHour + hour) * HOUR;
    return {
      at: instant(at + HOUR),
      endpoint: 'laptop-1',
      noted: { kind: 'activity', hour: instant(at), local: 45, remote: 0, locked: 0 },
    };
  });
}
