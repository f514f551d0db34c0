import * as z from 'zod';
import { slugSchema } from '../../../shared/ids.ts';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { reachableTools } from '../tools.ts';
import { declared, during, endpointsOf, listed, signsOf, toolOf } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const HOST = {
  ...{ kind: 'tool', tool: 'chrome-remote-desktop', category: 'remote-access', state: 'installed' },
  signs: [{ by: 'service', name: 'chromoting' }],
};

export const unattendedRemoteHost = defineRule({
  id: 'unattended-remote-host',
  title: 'A remote-access tool is set up to let others in unattended',
  scope: 'contractor',
  family: 'remote-access',
  severity: 'high',
  advisories: ['anyrun-2025-unattended', 'fbi-2024-2', 'us-2022-platform-4'],
  attack: ['T1219.002'],
  watches: ['tool'],
  contradicts: ['approvedTools'],
  settings: z.strictObject({
    approvedForAll: z
      .array(slugSchema)
      .max(50)
      .default([])
      .describe('Catalog ids of tools that the organization sets up for unattended access itself.'),
  }),
  falsePositives: [
    'The organization deploys the tool unattended: name it in the declaration or in `approvedForAll`.',
    'The contractor reaches this machine from another of their own.',
  ],
  blindSpots: [
    'Products whose set-up leaves nothing that an agent may read; then it is not told whether access is unattended.',
  ],
  triage: [
    'Ask who set it up, and with which account it is bound; the product’s own console shows it.',
    'Look for sessions without local input in the days after.',
  ],
  evaluate(timeline, settings, catalog) {
    const agreed = new Set([
      ...(timeline.contractor.declaration?.approvedTools ?? []),
      ...settings.approvedForAll,
    ]);
    const seen = reachableTools(timeline, catalog).filter(
      ({ fact }) => fact.unattended === true && !agreed.has(fact.tool),
    );
    return [...Map.groupBy(seen, ({ fact }) => fact.tool)].flatMap(([tool, spans]) => {
      const period = spread(spans);
      if (!period) return [];
      return [
        {
          key: tool,
          reason: `${toolOf(catalog, tool)?.name ?? tool} on ${listed(endpointsOf(spans))} was set up ${during(period)} so that others get in without anybody at the machine; it is not among the approved tools.`,
          arithmetic: [
            { label: 'approved tools', value: declared([...agreed]) },
            { label: 'unattended', value: tool },
            { label: 'recognized by', value: signsOf(spans) },
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
      name: 'Chrome Remote Desktop waits for whoever knows the PIN',
      story: [
        ADA,
        LAPTOP,
        { at: '2026-03-03T15:00:00.000Z', endpoint: 'laptop-1', began: { ...HOST, unattended: true } },
      ],
      expect: [{ subject: 'ada', key: 'chrome-remote-desktop', severity: 'high' }],
    },
    {
      name: 'It is installed, and nobody gets in without being let in',
      story: [
        ADA,
        LAPTOP,
        { at: '2026-03-03T15:00:00.000Z', endpoint: 'laptop-1', began: { ...HOST, unattended: false } },
      ],
      expect: [],
    },
    {
      name: 'It was agreed to',
      story: [
        { contractor: { id: 'ada', approvedTools: ['chrome-remote-desktop'] } },
        LAPTOP,
        { at: '2026-03-03T15:00:00.000Z', endpoint: 'laptop-1', began: { ...HOST, unattended: true } },
      ],
      expect: [],
    },
  ],
});
