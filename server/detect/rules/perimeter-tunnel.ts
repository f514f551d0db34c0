import * as z from 'zod';
import { slugSchema } from '../../../shared/ids.ts';
import { MINUTE } from '../../../shared/time.ts';
import { spread, totalMs, touchingAny } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { reachableTools } from '../tools.ts';
import { declared, during, endpointsOf, lengthOf, listed, signsOf, toolOf } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-01-02T14:00:00.000Z' } };

export const perimeterTunnel = defineRule({
  id: 'perimeter-tunnel',
  title: 'A tunnel leads from outside to this machine, past the perimeter',
  scope: 'contractor',
  family: 'remote-access',
  severity: 'medium',
  advisories: ['sigma-ide-tunnel', 'us-2022-mitigation-2'],
  attack: ['T1219.001', 'T1572'],
  watches: ['tool'],
  contradicts: ['approvedTools'],
  settings: z.strictObject({
    approvedForAll: z
      .array(slugSchema)
      .max(50)
      .default([])
      .describe('Catalog ids of tunnel programs that the organization permits.'),
    minutes: z.int().min(0).max(1_440).default(5).describe('Minutes in all below which nothing is said.'),
  }),
  falsePositives: [
    'A developer shows a test server to a colleague: approve the program for this contractor.',
    'An editor that keeps its tunnel ready and unused.',
  ],
  blindSpots: [
    'A tunnel through ordinary SSH, whose arguments agents do not send.',
    'A tunnel on the router or on another machine of the household.',
  ],
  triage: [
    'Ask which port it shows and to whom.',
    'Look for a remote tool or a login from the machine itself at the same time.',
  ],
  evaluate(timeline, settings, catalog) {
    const agreed = new Set([
      ...(timeline.contractor.declaration?.approvedTools ?? []),
      ...settings.approvedForAll,
    ]);
    const running = timeline
      .spans('tool')
      .filter(({ fact }) => fact.category === 'tunnel' && fact.state === 'running' && !agreed.has(fact.tool));
    const remote = reachableTools(timeline, catalog).filter(({ fact }) => fact.state === 'running');
    const beside = new Map(
      [...Map.groupBy(remote, ({ endpoint }) => endpoint)].map(([endpoint, spans]) => [
        endpoint,
        touchingAny(spans),
      ]),
    );
    return [...Map.groupBy(running, ({ fact }) => fact.tool)].flatMap(([tool, spans]) => {
      const period = spread(spans);
      const short = period?.to !== undefined && totalMs(spans, timeline.now) < settings.minutes * MINUTE;
      if (!period || short) return [];
      const exposed = spans.some((span) => beside.get(span.endpoint)?.(span));
      return [
        {
          key: tool,
          severity: exposed ? ('high' as const) : ('medium' as const),
          reason: `${toolOf(catalog, tool)?.name ?? tool} led from outside to ${listed(endpointsOf(spans))} ${during(period)}${exposed ? ', while a remote-access tool ran there' : ''}; it is not among the approved tools.`,
          arithmetic: [
            { label: 'approved tools', value: declared([...agreed]) },
            { label: 'tunnel', value: `${tool}, recognized by ${signsOf(spans)}` },
            {
              label: 'in all',
              value: `${lengthOf(spans, timeline.now)} of at least ${settings.minutes} min`,
            },
            { label: 'remote-access tool at the same time', value: exposed ? 'yes' : 'not seen' },
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
      name: 'A tunnel program runs for an hour',
      story: [ADA, LAPTOP, ...ran('ngrok', 'tunnel', '16:00')],
      expect: [{ subject: 'ada', key: 'ngrok', severity: 'medium' }],
    },
    {
      name: 'A remote-access tool runs beside it',
      story: [ADA, LAPTOP, ...ran('ngrok', 'tunnel', '16:00'), ...ran('rustdesk', 'remote-access', '15:50')],
      expect: [{ key: 'ngrok', severity: 'high' }],
    },
    {
      name: 'It was tried for two minutes',
      story: [ADA, LAPTOP, ...ran('ngrok', 'tunnel', '15:02')],
      expect: [],
    },
    {
      name: 'It was agreed to',
      story: [
        { contractor: { id: 'ada', approvedTools: ['ngrok'] } },
        LAPTOP,
        ...ran('ngrok', 'tunnel', '16:00'),
      ],
      expect: [],
    },
  ],
});

function ran(tool: string, category: string, until: string) {
  const fact = { kind: 'tool', tool, category, state: 'running', signs: [{ by: 'process', name: tool }] };
  return [
    { at: '2026-03-03T15:00:00.000Z', endpoint: 'laptop-1', began: fact },
    {
      at: `2026-03-03T${until}:00.000Z`,
      endpoint: 'laptop-1',
      ended: { kind: 'tool', tool, state: 'running' },
    },
  ];
}
