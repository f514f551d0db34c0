import * as z from 'zod';
import { DAY, HOUR, type Instant, instant, millis } from '../../../shared/time.ts';
import { type OffsetOf, offsets } from '../offsets.ts';
import { joined, lengthMs, longestMs, spread, touchingAny } from '../periods.ts';
import { defineRule, type Match } from '../rule.ts';
import type { ContractorTimeline, Period, Span } from '../timeline.ts';
import { during, length, listed, offset } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'], timezone: 'America/Chicago' } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const clock = (at: string, timezone: string, utcOffsetMinutes: number) => ({
  at,
  endpoint: 'laptop-1',
  began: { kind: 'clock', timezone, utcOffsetMinutes },
});
const NOW = { now: '2026-03-06T14:00:00.000Z' };

const UTC = /^(Etc\/)?(UTC|UCT|GMT|Greenwich|Universal|Zulu)$/;

export const timezoneContradiction = defineRule({
  id: 'timezone-contradiction',
  title: 'Clock of the machine contradicts the declared time zone',
  scope: 'contractor',
  family: 'presence',
  severity: 'medium',
  advisories: ['us-2022-hr-2', 'fbi-2024-3', 'seal-clock'],
  attack: ['T1036'],
  watches: ['clock'],
  reads: ['egress'],
  contradicts: ['timezone'],
  settings: z.strictObject({
    hours: z
      .number()
      .min(0)
      .max(720)
      .default(24)
      .describe('The clock has to differ for longer than this at a stretch.'),
    allowUtc: z.boolean().default(true).describe('Whether a machine may keep UTC, as developers like to.'),
    changes: z
      .int()
      .min(1)
      .max(50)
      .default(2)
      .describe('So many changes of zone within `withinDays`, without a change of country, count as well.'),
    withinDays: z.int().min(1).max(30).default(7).describe('See `changes`.'),
  }),
  falsePositives: [
    'A journey: an exception for this rule and the time, or a change of the declaration.',
    'A machine that was set up in another zone and never corrected.',
    'A contractor who keeps the zone of a client on purpose.',
  ],
  blindSpots: [
    'A far hand leaves the clock of the issued machine alone: agreement proves nothing.',
    'Contractors who declared no time zone are judged by changes only.',
  ],
  triage: [
    'See since when the clock differs, and whether egress or network changed at that time.',
    'Compare the hours of activity with the declared hours and with the zone of the clock.',
    'Weak in both directions: use it beside other findings, never alone.',
  ],
  evaluate(timeline, settings) {
    const byEndpoint = Map.groupBy(timeline.spans('clock'), ({ endpoint }) => endpoint);
    const offsetIn = offsets();
    return [...byEndpoint].flatMap(([endpoint, clocks]) => {
      const about: Clocks = { endpoint, clocks, offsetIn, ...settings };
      return [...differing(timeline, about), ...changing(timeline, about)];
    });
  },
  examples: [
    {
      name: 'The clock keeps another zone for four days',
      story: [ADA, LAPTOP, clock('2026-03-02T14:00:00.000Z', 'Asia/Shanghai', 480), NOW],
      expect: [{ subject: 'ada', key: 'offset:laptop-1', severity: 'medium' }],
    },
    {
      name: 'The zone is changed to and fro within a week',
      story: [
        ADA,
        LAPTOP,
        clock('2026-03-02T14:00:00.000Z', 'America/Chicago', -360),
        clock('2026-03-04T14:00:00.000Z', 'Asia/Shanghai', 480),
        clock('2026-03-04T20:00:00.000Z', 'America/Chicago', -360),
        NOW,
      ],
      expect: [{ key: 'changes:laptop-1', severity: 'low' }],
    },
    {
      name: 'Another name of the same offset, and UTC',
      story: [
        ADA,
        LAPTOP,
        clock('2026-03-02T14:00:00.000Z', 'America/Winnipeg', -360),
        clock('2026-03-03T14:00:00.000Z', 'Etc/UTC', 0),
        NOW,
      ],
      expect: [],
    },
    {
      name: 'Daylight saving begins in the declared zone',
      story: [
        ADA,
        LAPTOP,
        clock('2026-03-02T14:00:00.000Z', 'America/Chicago', -360),
        { now: '2026-03-20T14:00:00.000Z' },
      ],
      expect: [],
    },
  ],
});

type Clock = Span<'clock'>;

interface Clocks {
  readonly endpoint: string;
  readonly clocks: readonly Clock[];
  readonly offsetIn: OffsetOf;
  readonly hours: number;
  readonly allowUtc: boolean;
  readonly changes: number;
  readonly withinDays: number;
}

/** A stretch in which the clock differed from the declared zone; restarts of less than 12 hours do not break it. */
function differing(timeline: ContractorTimeline, about: Clocks): readonly Match[] {
  const { timezone } = timeline.contractor.declaration ?? {};
  if (timezone === undefined) return [];
  const wrong = about.clocks.filter((clock) => differs(clock, { timezone, now: timeline.now, ...about }));
  const least = about.hours * HOUR;
  const stretches = joined(wrong, 12 * HOUR).flatMap((spans) => {
    const period = spread(spans);
    const counts = period && (period.to === undefined || lengthMs(period, timeline.now) > least);
    return counts ? [{ spans, period }] : [];
  });
  const spans = stretches.flatMap((stretch) => stretch.spans);
  const period = spread(stretches.map((stretch) => stretch.period));
  const last = spans.at(-1);
  if (!period || !last) return [];
  const longest = longestMs(
    stretches.map((stretch) => stretch.period),
    timeline.now,
  );
  const observed = offsetAt(last, last.from, about.offsetIn);
  const expected = about.offsetIn(timezone, last.from);
  const holdsFrom =
    longest > least ? undefined : instant(millis(stretches.at(-1)?.period.from ?? last.from) + least + 1);
  return [
    {
      key: `offset:${about.endpoint}`,
      reason: `The clock of ${about.endpoint} kept ${last.fact.timezone} (${offset(observed)}) ${during(period)}, and declared was ${timezone} (${offset(expected)}).`,
      arithmetic: [
        { label: 'declared time zone', value: `${timezone}, ${offset(expected)}` },
        { label: 'observed time zone', value: `${last.fact.timezone}, ${offset(observed)}` },
        { label: 'difference', value: `${Math.abs(observed - expected)} min` },
        {
          label: 'longest stretch',
          value: `${period.to === undefined ? 'still going on' : length(longest)}; more than ${about.hours} h count`,
        },
      ],
      spans: spans.map(({ id }) => id),
      ...period,
      ...(holdsFrom !== undefined && { holdsFrom }),
    },
  ];
}

function differs(
  clock: Clock,
  by: Pick<Clocks, 'allowUtc' | 'offsetIn'> & { readonly timezone: string; readonly now: Instant },
): boolean {
  if (by.allowUtc && UTC.test(clock.fact.timezone)) return false;
  const end = clock.to ?? by.now;
  return [clock.from, end].every((at) => offsetAt(clock, at, by.offsetIn) !== by.offsetIn(by.timezone, at));
}

/** The zone's own rules carry the offset over a change of daylight saving, unless the machine contradicted them from the start. */
function offsetAt({ fact, from }: Clock, at: Instant, offsetIn: OffsetOf): number {
  const kept = offsetIn(fact.timezone, from) === fact.utcOffsetMinutes;
  return kept ? offsetIn(fact.timezone, at) : fact.utcOffsetMinutes;
}

/** Changes of offset that no change of country goes with. */
function changing(timeline: ContractorTimeline, about: Clocks): readonly Match[] {
  const traveled = traveling(timeline);
  const changed = about.clocks.flatMap((clock, index) => {
    const before = about.clocks[index - 1];
    const moved =
      before && offsetAt(before, clock.from, about.offsetIn) !== offsetAt(clock, clock.from, about.offsetIn);
    return moved && !traveled(clock.from) ? [{ clock, before }] : [];
  });
  const within = about.withinDays * DAY;
  const crowded = changed.filter((_, index) => {
    const first = changed[index - about.changes + 1];
    const last = changed[index];
    return first && last && millis(last.clock.from) - millis(first.clock.from) <= within;
  });
  const [first] = crowded;
  const last = crowded.at(-1);
  if (!first || !last) return [];
  const period: Period = {
    from: changed[Math.max(0, changed.indexOf(first) - about.changes + 1)]?.clock.from ?? first.clock.from,
    to: last.clock.from,
  };
  return [
    {
      key: `changes:${about.endpoint}`,
      severity: 'low',
      reason: `The time zone of ${about.endpoint} changed again and again ${during(period)} while its country did not.`,
      arithmetic: [
        { label: 'changes', value: `${changed.length}; ${about.changes} within ${about.withinDays} d count` },
        { label: 'zones', value: listed([...new Set(changed.flatMap(zonesOf))]) },
      ],
      spans: changed.map(({ clock }) => clock.id),
      ...period,
    },
  ];
}

function zonesOf({ before, clock }: { readonly before: Clock; readonly clock: Clock }): readonly string[] {
  return [before.fact.timezone, clock.fact.timezone];
}

/** Tells whether the contractor was in more than one country within a day of a moment. */
function traveling(timeline: ContractorTimeline): (at: Instant) => boolean {
  const byCountry = Map.groupBy(timeline.spans('egress'), ({ fact }) => fact.country);
  byCountry.delete(undefined);
  const stays = [...byCountry.values()].map(touchingAny);
  return (at) => {
    const around = { from: instant(millis(at) - DAY), to: instant(millis(at) + DAY) };
    return stays.filter((touches) => touches(around)).length > 1;
  };
}
