import * as z from 'zod';
import { slugSchema } from '../../../shared/ids.ts';
import { HOUR, millis } from '../../../shared/time.ts';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { reachableTools } from '../tools.ts';
import { declared, length, listed, moment, signsOf, toolOf } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'], approvedTools: ['teamviewer'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const TOOL = { kind: 'tool', tool: 'anydesk', category: 'remote-access', state: 'installed', signs: [] };
const CHECK_IN = {
  at: '2026-03-02T14:05:00.000Z',
  endpoint: 'laptop-1',
  began: { kind: 'clock', timezone: 'America/Chicago', utcOffsetMinutes: -360 },
};

export const remoteToolAfterEnrollment = defineRule({
  id: 'remote-tool-after-enrollment',
  title: 'A remote-access tool appeared soon after the machine was received',
  scope: 'contractor',
  family: 'remote-access',
  severity: 'medium',
  advisories: ['knowbe4-2024', 'anyrun-2025-unattended', 'fbi-2024-2'],
  attack: ['T1219.002'],
  watches: ['tool'],
  reads: ['clock'],
  contradicts: ['approvedTools'],
  settings: z.strictObject({
    approvedForAll: z
      .array(slugSchema)
      .max(50)
      .default([])
      .describe('Catalog ids of tools that belong to the image or to the organization.'),
    withinHours: z
      .int()
      .min(1)
      .max(720)
      .default(72)
      .describe('Hours after enrollment within which a new tool counts.'),
    highWithinHours: z.int().min(0).max(720).default(24).describe('Hours within which it is high.'),
    imageMinutes: z
      .int()
      .min(0)
      .max(1_440)
      .default(30)
      .describe(
        'What is there within so many minutes of the first word of the agent came with the machine and does not count.',
      ),
  }),
  falsePositives: [
    'The help desk sets the machine up by remote tool: name the tool in the declaration or in `approvedForAll`.',
    'An image that installs its programs over hours: raise `imageMinutes`.',
  ],
  blindSpots: [
    'A tool that was installed before the agent.',
    'A tool that is brought in weeks later, when nobody looks any more.',
  ],
  triage: [
    'Compare with the list of what is installed on a machine of the same image.',
    'Ask who set the machine up, and where it stood then.',
    'Look for unattended access, and for a session soon after.',
  ],
  evaluate(timeline, settings, catalog) {
    const agreed = new Set([
      ...(timeline.contractor.declaration?.approvedTools ?? []),
      ...settings.approvedForAll,
    ]);
    const enrolled = new Map(timeline.endpoints.map(({ id, enrolledAt }) => [id, millis(enrolledAt)]));
    const firstWord = new Map<string, number>();
    for (const { endpoint, from } of [...timeline.spans('clock'), ...timeline.spans('tool')])
      firstWord.set(endpoint, Math.min(firstWord.get(endpoint) ?? Number.POSITIVE_INFINITY, millis(from)));
    const seen = reachableTools(timeline, catalog).filter(({ fact }) => !agreed.has(fact.tool));
    const byTool = Map.groupBy(seen, ({ endpoint, fact }) => `${endpoint} ${fact.tool}`);
    return [...byTool].flatMap(([key, spans]) => {
      const [first] = spans;
      const at = first && enrolled.get(first.endpoint);
      if (!first || at === undefined) return [];
      const after = millis(first.from) - at;
      const sinceWord = millis(first.from) - (firstWord.get(first.endpoint) ?? at);
      const period = spread([first]);
      if (!period || after < 0 || after > settings.withinHours * HOUR) return [];
      if (sinceWord < settings.imageMinutes * 60_000) return [];
      const { tool } = first.fact;
      return [
        {
          key,
          severity: after <= settings.highWithinHours * HOUR ? ('high' as const) : ('medium' as const),
          reason: `${toolOf(catalog, tool)?.name ?? tool} appeared on ${first.endpoint} at ${moment(first.from)}, ${length(after)} after it was enrolled; it is not among the approved tools.`,
          arithmetic: [
            { label: 'approved tools', value: declared([...agreed]) },
            {
              label: 'enrolled',
              value: moment(timeline.endpoints.find(({ id }) => id === first.endpoint)?.enrolledAt ?? ''),
            },
            { label: 'first seen after', value: `${length(after)} of at most ${settings.withinHours} h` },
            { label: 'after the first word of the agent', value: length(sinceWord) },
            { label: 'recognized by', value: listed([signsOf([first])]) },
          ],
          spans: [first.id],
          ...period,
          concerns: { tools: [tool] },
        },
      ];
    });
  },
  examples: [
    {
      name: 'AnyDesk is installed six hours after enrollment',
      story: [ADA, LAPTOP, CHECK_IN, { at: '2026-03-02T20:00:00.000Z', endpoint: 'laptop-1', began: TOOL }],
      expect: [{ subject: 'ada', key: 'laptop-1 anydesk', severity: 'high' }],
    },
    {
      name: 'AnyDesk is installed on the third day',
      story: [ADA, LAPTOP, CHECK_IN, { at: '2026-03-04T20:00:00.000Z', endpoint: 'laptop-1', began: TOOL }],
      expect: [{ key: 'laptop-1 anydesk', severity: 'medium' }],
    },
    {
      name: 'It was on the image',
      story: [ADA, LAPTOP, CHECK_IN, { at: '2026-03-02T14:06:00.000Z', endpoint: 'laptop-1', began: TOOL }],
      expect: [],
    },
    {
      name: 'It is installed months later',
      story: [ADA, LAPTOP, CHECK_IN, { at: '2026-05-04T20:00:00.000Z', endpoint: 'laptop-1', began: TOOL }],
      expect: [],
    },
  ],
});
