import * as z from 'zod';
import { slugSchema } from '../../../shared/ids.ts';
import { dayNumber, longestMs, spread, touchingAny } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { ContractorTimeline, Span } from '../timeline.ts';
import { declared, during, endpointsOf, length, listed, signsOf, toolOf } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const JIGGLER = { kind: 'tool', tool: 'mouse-jiggler', state: 'running' };

export const keepAwakeProgram = defineRule({
  id: 'keep-awake-program',
  title: 'A program keeps the machine awake or moves the pointer',
  scope: 'contractor',
  family: 'hardware',
  severity: 'low',
  advisories: ['mandiant-2024-tools'],
  attack: [],
  watches: ['tool'],
  reads: ['activity'],
  contradicts: ['approvedTools'],
  settings: z.strictObject({
    approvedForAll: z
      .array(slugSchema)
      .max(50)
      .default([])
      .describe('Catalog ids of such programs that the organization permits.'),
    hoursADay: z
      .number()
      .min(0.5)
      .max(24)
      .default(4)
      .describe('Hours of a day (UTC) that it must run for the day to weigh.'),
    days: z.int().min(1).max(30).default(3).describe('How many such days raise the finding to medium.'),
    handMinutes: z
      .int()
      .min(0)
      .max(60)
      .default(5)
      .describe('Minutes of input by hand in an hour below which the hour counts as unattended.'),
  }),
  falsePositives: [
    'Long builds, presentations and downloads: alone it stays low.',
    'Somebody who needs it because of how they work with the machine: approve it, without asking for the reason.',
  ],
  blindSpots: [
    'A jiggler that is a device, or one under another name.',
    'A setting of the operating system that keeps the screen on.',
  ],
  triage: [
    'Look at the hours of activity: does anybody touch the machine while the program runs?',
    'Look for a remote session or an IP-KVM in the same days.',
  ],
  evaluate(timeline, settings, catalog) {
    const agreed = new Set([
      ...(timeline.contractor.declaration?.approvedTools ?? []),
      ...settings.approvedForAll,
    ]);
    const seen = timeline
      .spans('tool')
      .filter(
        ({ fact }) => fact.category === 'keep-awake' && fact.state === 'running' && !agreed.has(fact.tool),
      );
    return [...Map.groupBy(seen, ({ fact }) => fact.tool)].flatMap(([tool, spans]) => {
      const period = spread(spans);
      if (!period) return [];
      const days = unattendedDays(timeline, spans, settings);
      const weighty = days >= settings.days;
      return [
        {
          key: tool,
          severity: weighty ? ('medium' as const) : ('low' as const),
          reason: `${toolOf(catalog, tool)?.name ?? tool} ran on ${listed(endpointsOf(spans))} ${during(period)}${weighty ? `, on ${days} days for hours while hardly anybody touched the machine` : ''}; it is not among the approved tools.`,
          arithmetic: [
            { label: 'approved tools', value: declared([...agreed]) },
            { label: 'recognized by', value: signsOf(spans) },
            {
              label: 'longest run',
              value: length(longestMs(spans, timeline.now)),
            },
            {
              label: `days with ${settings.hoursADay} h of it and less than ${settings.handMinutes} min by hand an hour`,
              value: `${days} of ${settings.days} for medium`,
            },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
          concerns: { tools: [tool] },
        },
      ];
    });
  },
  examples: [
    {
      name: 'A jiggler runs',
      story: [ADA, LAPTOP, { at: '2026-03-03T10:00:00.000Z', endpoint: 'laptop-1', began: running() }],
      expect: [{ subject: 'ada', key: 'mouse-jiggler', severity: 'low' }],
    },
    {
      name: 'It runs for hours on three days, and nobody touches the machine',
      story: [ADA, LAPTOP, ...['03', '04', '05'].flatMap(unattendedDay)],
      expect: [{ key: 'mouse-jiggler', severity: 'medium' }],
    },
    {
      name: 'It was agreed to',
      story: [
        { contractor: { id: 'ada', approvedTools: ['mouse-jiggler'] } },
        LAPTOP,
        { at: '2026-03-03T10:00:00.000Z', endpoint: 'laptop-1', began: running() },
      ],
      expect: [],
    },
  ],
});

function unattendedDays(
  timeline: ContractorTimeline,
  spans: readonly Span<'tool'>[],
  { hoursADay, handMinutes }: { readonly hoursADay: number; readonly handMinutes: number },
): number {
  const ran = new Map(
    [...Map.groupBy(spans, ({ endpoint }) => endpoint)].map(([endpoint, own]) => [
      endpoint,
      touchingAny(own),
    ]),
  );
  const idle = timeline
    .spans('activity')
    .filter((hour) => hour.fact.local < handMinutes && ran.get(hour.endpoint)?.(hour));
  const byDay = Map.groupBy(idle, ({ from }) => dayNumber(from));
  return [...byDay.values()].filter((hours) => hours.length >= hoursADay).length;
}

function running() {
  return { ...JIGGLER, category: 'keep-awake', signs: [{ by: 'process', name: 'MouseJiggler.exe' }] };
}

function unattendedDay(day: string) {
  const at = (hour: number) => `2026-03-${day}T${String(hour).padStart(2, '0')}:00:00.000Z`;
  return [
    { at: at(9), endpoint: 'laptop-1', began: running() },
    ...[9, 10, 11, 12, 13].map((hour) => ({
      at: at(hour + 1),
      endpoint: 'laptop-1',
      noted: { kind: 'activity', hour: at(hour), local: 0, remote: 0, locked: 0 },
    })),
    { at: at(17), endpoint: 'laptop-1', ended: JIGGLER },
  ];
}
