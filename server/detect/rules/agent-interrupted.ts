import * as z from 'zod';
import { DAY, MINUTE, millis } from '../../../shared/time.ts';
import { type OffsetOf, offsets } from '../offsets.ts';
import { lengthMs, longestMs, spread, touches } from '../periods.ts';
import { defineRule, type Match } from '../rule.ts';
import { SILENCE_READS, type Silence, silences } from '../silences.ts';
import type { ContractorTimeline, Period } from '../timeline.ts';
import { during, length, listed, moment } from '../wording.ts';
import { workPeriods } from '../work-hours.ts';

const HOURS = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' };
const ADA = { contractor: { id: 'ada', countries: ['US'], timezone: 'America/Chicago', workHours: HOURS } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const NOW = { now: '2026-03-06T23:00:00.000Z' };
const began = (at: string, boot = 'boot-1') => ({
  at,
  endpoint: 'laptop-1',
  began: {
    kind: 'agent',
    version: '0.1.0',
    catalog: '1',
    policy: '1',
    boot,
    probes: { suspend: 'ok', activity: 'ok' },
  },
});
const ended = (at: string) => ({ at, endpoint: 'laptop-1', ended: { kind: 'agent' } });
const booted = (at: string, bootedAt: string) => ({
  at,
  endpoint: 'laptop-1',
  began: { kind: 'platform', os: 'linux', name: 'Debian', version: '13', arch: 'x64', bootedAt },
});

export const agentInterrupted = defineRule({
  id: 'agent-interrupted',
  title: 'Agent stopped while its machine was up and awake',
  scope: 'contractor',
  family: 'tamper',
  severity: 'medium',
  advisories: ['fbi-2025-3', 'us-2022-mitigation-2'],
  attack: ['T1685'],
  contradicts: ['workHours', 'timezone'],
  watches: ['suspend'],
  reads: [...SILENCE_READS],
  settings: z.strictObject({
    minutes: z
      .int()
      .min(5)
      .max(480)
      .default(15)
      .describe('A stop counts when it took longer than this of the declared hours of work.'),
    days: z
      .int()
      .min(2)
      .max(7)
      .default(3)
      .describe('Stops outside of the hours of work count when they came on so many days within seven.'),
    highFrom: z.int().min(2).max(30).default(3).describe('From so many days with a stop on, it is high.'),
  }),
  falsePositives: [
    'An update or a repair of the agent or the system: compare with the tickets of that day.',
    'A virtual machine that its host paused: neither its clock nor its log knows of it.',
    'A crash of the agent that its service manager did not repair; the log of the machine tells.',
  ],
  blindSpots: [
    'A machine that is shut down, or another machine that is used instead.',
    'A stop that is followed by a reboot, where the system does not tell when it booted.',
    'Who owns the machine can change its clock and what it says of its sleep.',
  ],
  triage: [
    'Compare the stops with sign-ins and sessions elsewhere: work that went on without the agent is what counts.',
    'Look at what the ledger shows right before and after: tools, sessions, networks and addresses that changed.',
    'Ask the help desk for updates and repairs at these times, then ask the contractor.',
  ],
  evaluate(timeline, settings) {
    const offsetIn = offsets();
    const work = workPeriods(timeline.contractor.declaration, timeline, offsetIn);
    const byEndpoint = Map.groupBy(stopsOf(timeline), ({ endpoint }) => endpoint);
    return [...byEndpoint].flatMap(([endpoint, stops]) =>
      matchOf(endpoint, { timeline, work, offsetIn, stops, settings }),
    );
  },
  examples: [
    {
      name: 'The agent is stopped for two hours of a working day',
      story: [
        ADA,
        LAPTOP,
        began('2026-03-03T14:00:00.000Z'),
        ended('2026-03-03T16:00:00.000Z'),
        began('2026-03-03T18:00:00.000Z'),
        NOW,
      ],
      expect: [{ subject: 'ada', key: 'stopped:laptop-1', severity: 'medium' }],
    },
    {
      name: 'The agent is stopped every night and started every morning',
      story: [
        ADA,
        LAPTOP,
        ...['03', '04', '05', '06'].flatMap((day) => [
          began(`2026-03-${day}T13:00:00.000Z`),
          ended(`2026-03-${day}T23:30:00.000Z`),
        ]),
        began('2026-03-07T13:00:00.000Z'),
      ],
      expect: [{ key: 'stopped:laptop-1', severity: 'high' }],
    },
    {
      name: 'The machine is up for hours before its agent is started',
      story: [
        ADA,
        LAPTOP,
        began('2026-03-03T14:00:00.000Z'),
        ended('2026-03-03T23:00:00.000Z'),
        booted('2026-03-04T20:00:00.000Z', '2026-03-04T15:00:00.000Z'),
        began('2026-03-04T20:00:00.000Z', 'boot-2'),
        NOW,
      ],
      expect: [{ key: 'stopped:laptop-1', severity: 'medium' }],
    },
    {
      name: 'The machine is shut down for an afternoon',
      story: [
        ADA,
        LAPTOP,
        began('2026-03-03T14:00:00.000Z'),
        ended('2026-03-03T16:00:00.000Z'),
        booted('2026-03-03T20:01:00.000Z', '2026-03-03T20:00:00.000Z'),
        began('2026-03-03T20:01:00.000Z', 'boot-2'),
        NOW,
      ],
      expect: [],
    },
    {
      name: 'The machine sleeps over lunch, its agent restarts after it wakes',
      story: [
        ADA,
        LAPTOP,
        began('2026-03-03T14:00:00.000Z'),
        ended('2026-03-03T17:59:00.000Z'),
        {
          at: '2026-03-03T20:00:00.000Z',
          endpoint: 'laptop-1',
          noted: { kind: 'suspend', from: '2026-03-03T18:00:00.000Z', until: '2026-03-03T20:00:00.000Z' },
        },
        began('2026-03-03T20:01:00.000Z'),
        NOW,
      ],
      expect: [],
    },
    {
      name: 'One stop at night',
      story: [
        ADA,
        LAPTOP,
        began('2026-03-03T14:00:00.000Z'),
        ended('2026-03-04T02:00:00.000Z'),
        began('2026-03-04T04:00:00.000Z'),
        NOW,
      ],
      expect: [],
    },
  ],
});

interface Stop extends Required<Period> {
  readonly endpoint: string;
  readonly spans: readonly string[];
}

/** Only what is over counts: of an agent that has not come back nobody knows what it does. */
function stopsOf(timeline: ContractorTimeline): readonly Stop[] {
  return silences(timeline).flatMap(({ endpoint, parts, spans }: Silence) =>
    parts.flatMap(({ why, from, to }) =>
      why === 'agent-stopped' && to !== undefined ? [{ endpoint, from, to, spans }] : [],
    ),
  );
}

interface Judged {
  readonly timeline: ContractorTimeline;
  readonly work: readonly Required<Period>[];
  readonly offsetIn: OffsetOf;
  readonly stops: readonly Stop[];
  readonly settings: { readonly minutes: number; readonly days: number; readonly highFrom: number };
}

function matchOf(endpoint: string, { timeline, work, offsetIn, stops, settings }: Judged): readonly Match[] {
  const { timezone = 'UTC' } = timeline.contractor.declaration ?? {};
  const least = settings.minutes * MINUTE;
  const dayOf = ({ from }: Period) => Math.floor((millis(from) + offsetIn(timezone, from) * MINUTE) / DAY);
  const inWork = new Set(stops.filter((stop) => worked(stop, work) > least));
  const others = stops.filter((stop) => !inWork.has(stop) && lengthMs(stop, timeline.now) > least);
  const nights = crowded(others.map(dayOf), settings.days);
  const atNight = new Set(others.filter((stop) => nights.has(dayOf(stop))));
  const counted = stops.filter((stop) => inWork.has(stop) || atNight.has(stop));
  const period = spread(counted);
  const longest = longestMs(counted, timeline.now);
  if (!period) return [];
  const days = new Set(counted.map(dayOf)).size;
  return [
    {
      key: `stopped:${endpoint}`,
      severity: days >= settings.highFrom ? 'high' : 'medium',
      reason: `The agent of ${endpoint} did not run on ${days === 1 ? 'one day' : `${days} days`} ${during(period)}, while the machine was neither asleep nor shut down.`,
      arithmetic: [
        {
          label: 'stops in declared hours',
          value: `${inWork.size}; more than ${settings.minutes} min each count`,
        },
        { label: 'stops outside of them', value: `${atNight.size}; ${settings.days} days within 7 count` },
        { label: 'longest', value: length(longest) },
        {
          label: 'stops',
          value: listed(
            counted.map((stop) => `${moment(stop.from)}, ${length(lengthMs(stop, stop.to))}`),
            10,
          ),
        },
      ],
      spans: [...new Set(counted.flatMap(({ spans }) => spans))],
      ...period,
    },
  ];
}

/** The days that are among so many within seven. */
function crowded(all: readonly number[], least: number): ReadonlySet<number> {
  const days = [...new Set(all)].toSorted((a, b) => a - b);
  const found = new Set<number>();
  for (const [index, first] of days.entries()) {
    const week = days.slice(index, index + 7).filter((day) => day < first + 7);
    if (week.length >= least) for (const day of week) found.add(day);
  }
  return found;
}

/** How much of a stop lies in the hours of work. */
function worked(stop: Stop, work: readonly Required<Period>[]): number {
  return work
    .filter((period) => touches(period, stop))
    .reduce((sum, { from, to }) => {
      const end = Math.min(millis(to), millis(stop.to));
      return sum + Math.max(0, end - Math.max(millis(from), millis(stop.from)));
    }, 0);
}
