import * as z from 'zod';
import { slugSchema } from '../../../shared/ids.ts';
import { DAY, millis, SECOND } from '../../../shared/time.ts';
import { offsets } from '../offsets.ts';
import { lengthMs, spread, touchingAny } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { ContractorTimeline, Span } from '../timeline.ts';
import { declared, during, endpointsOf, length, lengthOf, listed, toolOf } from '../wording.ts';
import { workPeriods } from '../work-hours.ts';

const ADA = {
  contractor: {
    ...{ id: 'ada', countries: ['US'], timezone: 'America/Chicago', approvedTools: ['teamviewer'] },
    workHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
  },
};
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-01-02T14:00:00.000Z' } };
const CONTROL = { kind: 'control', tool: 'anydesk' };

export const remoteControlSession = defineRule({
  id: 'remote-control-session',
  title: 'Somebody elsewhere controls the desktop with a tool that nobody approved',
  scope: 'contractor',
  family: 'remote-access',
  severity: 'high',
  advisories: ['fbi-2024-2', 'us-2022-body-2', 'us-rok-2023-mitigation-2', 'fbi-2025-mitigation-2'],
  attack: ['T1219.002'],
  watches: ['control'],
  contradicts: ['approvedTools', 'workHours'],
  settings: z.strictObject({
    approvedForAll: z
      .array(slugSchema)
      .max(50)
      .default([])
      .describe('Catalog ids of tools that the organization uses itself, such as its help desk tool.'),
    seconds: z
      .int()
      .min(1)
      .max(86_400)
      .default(60)
      .describe(
        'Seconds of control in all below which nothing is said: somebody may have connected by mistake.',
      ),
    newDays: z
      .int()
      .min(0)
      .max(365)
      .default(30)
      .describe('Days after enrollment within which control of an endpoint is critical.'),
  }),
  falsePositives: [
    'A support session with a tool that was agreed to in passing: write it down in the declaration, or make an exception for the time.',
    'The contractor reaches their own machine from another room with a tool of their own.',
  ],
  blindSpots: [
    'Control granted within a meeting program, and control by an IP-KVM.',
    'Relayed sessions of products that leave no trace of a session of their own on this operating system.',
  ],
  triage: [
    'Ask the help desk whether the session was theirs; ask the contractor who was at the other end.',
    'Compare minutes of local and of remote input in the same hours.',
    'Where the peer has an address, look where it lies and who else was controlled from there.',
  ],
  evaluate(timeline, settings, catalog) {
    const agreed = new Set([
      ...(timeline.contractor.declaration?.approvedTools ?? []),
      ...settings.approvedForAll,
    ]);
    const seen = timeline.spans('control').filter(({ fact }) => !agreed.has(fact.tool));
    const atWork = workTimeOf(timeline);
    return [...Map.groupBy(seen, ({ fact }) => fact.tool)].flatMap(([tool, spans]) => {
      const period = spread(spans);
      const longest = Math.max(...spans.map((span) => lengthMs(span, timeline.now)));
      const enough = spans.some(({ to }) => to === undefined) || longest >= settings.seconds * SECOND;
      if (!period || !enough) return [];
      const offHours = spans.filter((span) => !atWork(span));
      const fresh = spans.filter((span) => isNew(timeline, span, settings.newDays));
      const worse = [
        ...(offHours.length > 0 ? ['outside the declared hours'] : []),
        ...(fresh.length > 0 ? [`within ${settings.newDays} days of enrollment`] : []),
      ];
      const peers = [...new Set(spans.flatMap(({ fact }) => fact.peer ?? []))].toSorted();
      return [
        {
          key: tool,
          severity: worse.length > 0 ? ('critical' as const) : ('high' as const),
          reason: `The desktop of ${listed(endpointsOf(spans))} was controlled with ${toolOf(catalog, tool)?.name ?? tool} ${during(period)}${peers.length > 0 ? ` from ${listed(peers)}` : ''}${worse.length > 0 ? `, ${listed(worse)}` : ''}; it is not among the approved tools.`,
          arithmetic: [
            { label: 'approved tools', value: declared([...agreed]) },
            { label: 'controlled with', value: tool },
            { label: 'sessions', value: String(spans.length) },
            {
              label: 'longest',
              value: spans.some(({ to }) => to === undefined)
                ? lengthOf(spans, timeline.now)
                : `${length(longest)} of at least ${settings.seconds} s`,
            },
            { label: 'outside the declared hours', value: String(offHours.length) },
            { label: `within ${settings.newDays} days of enrollment`, value: String(fresh.length) },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
          concerns: { tools: [tool], ...(peers.length > 0 && { addresses: peers }) },
        },
      ];
    });
  },
  examples: [
    {
      name: 'AnyDesk controls the desktop during the day, and only TeamViewer was agreed to',
      story: [ADA, LAPTOP, ...session('2026-03-03T16:00:00.000Z', '2026-03-03T17:00:00.000Z')],
      expect: [{ subject: 'ada', key: 'anydesk', severity: 'high' }],
    },
    {
      name: 'It does so at three in the morning',
      story: [ADA, LAPTOP, ...session('2026-03-03T09:00:00.000Z', '2026-03-03T10:00:00.000Z')],
      expect: [{ key: 'anydesk', severity: 'critical' }],
    },
    {
      name: 'It does so on the day after enrollment',
      story: [
        ADA,
        { endpoint: { ...LAPTOP.endpoint, enrolledAt: '2026-03-02T14:00:00.000Z' } },
        ...session('2026-03-03T16:00:00.000Z', '2026-03-03T17:00:00.000Z'),
      ],
      expect: [{ key: 'anydesk', severity: 'critical' }],
    },
    {
      name: 'Somebody connected for half a minute',
      story: [ADA, LAPTOP, ...session('2026-03-03T16:00:00.000Z', '2026-03-03T16:00:30.000Z')],
      expect: [],
    },
    {
      name: 'The help desk uses the agreed tool',
      story: [
        { contractor: { ...ADA.contractor, approvedTools: ['anydesk'] } },
        LAPTOP,
        ...session('2026-03-03T16:00:00.000Z', '2026-03-03T17:00:00.000Z'),
      ],
      expect: [],
    },
  ],
});

/** Whether a period touches the declared hours; always, where none were declared. */
function workTimeOf(timeline: ContractorTimeline): (span: Span) => boolean {
  const { declaration } = timeline.contractor;
  if (!declaration?.workHours || declaration.timezone === undefined || declaration.flexibleHours)
    return () => true;
  return touchingAny(workPeriods(declaration, timeline, offsets()));
}

function isNew(timeline: ContractorTimeline, { endpoint, from }: Span, days: number): boolean {
  const enrolled = timeline.endpoints.find(({ id }) => id === endpoint)?.enrolledAt;
  return enrolled !== undefined && millis(from) - millis(enrolled) < days * DAY;
}

function session(from: string, to: string) {
  return [
    { at: from, endpoint: 'laptop-1', began: CONTROL },
    { at: to, endpoint: 'laptop-1', ended: CONTROL },
  ];
}
