import * as z from 'zod';
import { ESSENTIAL_PARTS } from '../../../shared/declaration.ts';
import { defineRule } from '../rule.ts';
import { listed } from '../wording.ts';

const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const DAYTIME = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' };

export const missingDeclaration = defineRule({
  id: 'missing-declaration',
  title: 'Endpoint of a contractor who declared nothing to compare with',
  scope: 'contractor',
  family: 'identity',
  severity: 'low',
  advisories: ['us-2022-hr-8', 'us-2022-hr-6'],
  attack: [],
  watches: [],
  contradicts: ['countries', 'timezone', 'workHours'],
  settings: z.strictObject({
    parts: z
      .array(z.enum(ESSENTIAL_PARTS))
      .min(1)
      .default([...ESSENTIAL_PARTS])
      .describe('The parts that every declaration has to have.'),
  }),
  falsePositives: ['The roster was not imported yet, or names this contractor under another id.'],
  blindSpots: ['Whether what was declared is true: only contradictions with it can be seen.'],
  triage: [
    'Import the roster, or complete the row of this contractor.',
    'Until then most rules about place, time zone and hours have nothing to contradict.',
  ],
  evaluate(timeline, settings) {
    const [first] = timeline.endpoints.map(({ enrolledAt }) => enrolledAt).toSorted();
    const { declaration } = timeline.contractor;
    const missing = settings.parts.filter((part) => declaration?.[part] === undefined);
    if (first === undefined || missing.length === 0) return [];
    return [
      {
        key: 'declaration',
        reason: declaration
          ? `${timeline.subject} has an enrolled endpoint, and the declaration leaves out: ${listed(missing)}.`
          : `${timeline.subject} has an enrolled endpoint and no declaration.`,
        arithmetic: [
          { label: 'endpoints', value: listed(timeline.endpoints.map(({ id }) => id).toSorted()) },
          { label: 'missing parts', value: missing.join(', ') },
        ],
        spans: [],
        from: first,
      },
    ];
  },
  examples: [
    {
      name: 'An endpoint is enrolled for someone without a declaration',
      story: [{ contractor: { id: 'ada' } }, LAPTOP],
      expect: [{ subject: 'ada', key: 'declaration', severity: 'low' }],
    },
    {
      name: 'The declaration says nothing of hours',
      story: [{ contractor: { id: 'ada', countries: ['US'], timezone: 'America/Chicago' } }, LAPTOP],
      expect: [{ key: 'declaration' }],
    },
    {
      name: 'The declaration has all essential parts',
      story: [
        { contractor: { id: 'ada', countries: ['US'], timezone: 'America/Chicago', workHours: DAYTIME } },
        LAPTOP,
      ],
      expect: [],
    },
    {
      name: 'Nobody enrolled an endpoint for them yet',
      story: [{ contractor: { id: 'ada' } }],
      expect: [],
    },
  ],
});
