import * as z from 'zod';
import { slugSchema } from '../../../shared/ids.ts';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { reachableTools } from '../tools.ts';
import { declared, during, endpointsOf, listed, signsOf, toolOf } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'], approvedTools: ['teamviewer'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const ANYDESK = { kind: 'tool', tool: 'anydesk', category: 'remote-access' };
const BY_PROCESS = { signs: [{ by: 'process', name: 'anydesk' }] };

export const unapprovedRemoteTool = defineRule({
  id: 'unapproved-remote-tool',
  title: 'Remote-access tool that nobody approved',
  scope: 'contractor',
  family: 'remote-access',
  severity: 'medium',
  advisories: [
    'us-2022-platform-4',
    'fbi-2024-2',
    'us-rok-2023-mitigation-2',
    'fbi-2024-mitigation-1',
    'fbi-2025-mitigation-2',
    'microsoft-2025-tools',
    'secureworks-2024-tools',
  ],
  attack: ['T1219.002'],
  watches: ['tool'],
  contradicts: ['approvedTools'],
  settings: z.strictObject({
    approvedForAll: z
      .array(slugSchema)
      .max(50)
      .default([])
      .describe('Catalog ids of tools that the organization uses itself, such as its help desk tool.'),
    installed: z
      .boolean()
      .default(true)
      .describe('Whether a tool that is installed and never seen running counts too (as low).'),
  }),
  falsePositives: [
    'The help desk of the organization or of the staffing firm uses this tool: name it in the declaration or in `approvedForAll`.',
    'The tool came with the image of the machine and was never started: that is why installed alone is low.',
  ],
  blindSpots: [
    'A tool that the catalog does not know, or a known one under another name.',
    'Screen sharing within a meeting program, which leaves no process of its own.',
    'Remote control by hardware (IP-KVM), which needs no program at all.',
  ],
  triage: [
    'Ask the contractor and the help desk whether a support session took place at the time given.',
    'Look for remote sessions and input activity in the same hours on the timeline of this endpoint.',
    'Look for a second tool, a VPN or a shared address of the same contractor within 14 days.',
  ],
  evaluate(timeline, settings, catalog) {
    const approved = timeline.contractor.declaration?.approvedTools;
    const agreed = new Set([...(approved ?? []), ...settings.approvedForAll]);
    const seen = reachableTools(timeline, catalog).filter(({ fact }) => !agreed.has(fact.tool));
    return [...Map.groupBy(seen, ({ fact }) => fact.tool)].flatMap(([tool, spans]) => {
      const running = spans.filter(({ fact }) => fact.state === 'running');
      const ran = running.length > 0;
      const period = spread(ran ? running : spans);
      if (!period || (!ran && !settings.installed)) return [];
      const name = toolOf(catalog, tool)?.name ?? tool;
      const endpoints = endpointsOf(ran ? running : spans);
      return [
        {
          key: tool,
          severity: ran ? 'medium' : 'low',
          reason: `${name} ${howOften(running.length)} on ${listed(endpoints)} ${during(period)}, recognized by ${signsOf(spans)}; it is not among the approved tools.`,
          arithmetic: [
            { label: 'approved tools', value: declared([...agreed]) },
            { label: 'observed tool', value: tool },
            { label: 'endpoints', value: listed(endpoints) },
            { label: 'times seen running', value: String(running.length) },
            { label: 'unattended access', value: unattended(spans) },
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
      name: 'AnyDesk runs where only TeamViewer was agreed to',
      story: [
        ADA,
        LAPTOP,
        {
          at: '2026-03-02T15:10:00.000Z',
          endpoint: 'laptop-1',
          began: { ...ANYDESK, state: 'running', ...BY_PROCESS },
        },
        {
          at: '2026-03-02T16:00:00.000Z',
          endpoint: 'laptop-1',
          ended: { kind: 'tool', tool: 'anydesk', state: 'running' },
        },
      ],
      expect: [{ subject: 'ada', key: 'anydesk', severity: 'medium' }],
    },
    {
      name: 'AnyDesk is installed and never started',
      story: [
        ADA,
        LAPTOP,
        {
          at: '2026-03-02T15:10:00.000Z',
          endpoint: 'laptop-1',
          began: { ...ANYDESK, state: 'installed', signs: [] },
        },
      ],
      expect: [{ key: 'anydesk', severity: 'low' }],
    },
    {
      name: 'The agreed tool runs',
      story: [
        { contractor: { id: 'ada', approvedTools: ['anydesk'] } },
        LAPTOP,
        {
          at: '2026-03-02T15:10:00.000Z',
          endpoint: 'laptop-1',
          began: { ...ANYDESK, state: 'running', ...BY_PROCESS },
        },
      ],
      expect: [],
    },
  ],
});

function howOften(runs: number): string {
  if (runs === 0) return 'was installed';
  return runs === 1 ? 'ran' : `ran ${runs} times`;
}

function unattended(
  spans: readonly { readonly fact: { readonly unattended?: boolean | undefined } }[],
): string {
  if (spans.some(({ fact }) => fact.unattended === true)) return 'yes';
  return spans.some(({ fact }) => fact.unattended === false) ? 'no' : 'not told';
}
