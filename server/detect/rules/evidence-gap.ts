import * as z from 'zod';
import type { GapCause } from '../../../shared/facts.ts';
import type { Severity } from '../../../shared/finding.ts';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { Span } from '../timeline.ts';
import { during } from '../wording.ts';

const ADA = { contractor: { id: 'ada' } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const gap = (at: string, more: object) => ({
  at,
  endpoint: 'laptop-1',
  noted: { kind: 'gap', epoch: '00112233445566778899aabbccddeeff', first: 9, last: 40, ...more },
});

/** The other causes have rules of their own, or are no hole. */
const CAUSES = new Map<GapCause, { readonly severity: Severity; readonly what: string }>([
  ['chain-break', { severity: 'high', what: 'sent observations that contradict its own sealed chain' }],
  ['spool-damaged', { severity: 'medium', what: 'found its spool damaged and set it aside' }],
  ['unknown', { severity: 'medium', what: 'began a new spool, and nothing says where the old one went' }],
  ['spool-overflow', { severity: 'low', what: 'had to drop observations, for its spool was full' }],
]);

export const evidenceGap = defineRule({
  id: 'evidence-gap',
  title: 'Evidence is missing or contradicts itself',
  scope: 'contractor',
  family: 'tamper',
  severity: 'medium',
  advisories: ['us-2022-mitigation-2', 'us-2022-hr-2'],
  attack: ['T1685'],
  contradicts: [],
  watches: ['gap'],
  settings: z.strictObject({
    overflow: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(100)
      .describe('A spool that overflowed counts from so many missing observations on.'),
  }),
  falsePositives: [
    'A machine that was offline for weeks, or whose disk was full: the spool holds no more.',
    'A disk that fails, or a power cut on hardware that lies about what it wrote.',
    'A data folder that the help desk removed to repair the agent.',
  ],
  blindSpots: [
    'What the missing observations said; the ledger shows what was true around them.',
    'An observation that the machine’s owner never let the agent make.',
  ],
  triage: [
    'Read the endpoint’s ledger: what was true, and who was connected, before and after the hole.',
    'Several causes on one machine within days are more than a failing disk: look at the other tamper rules.',
    'For a broken chain keep the machine’s data folder: it holds the other version.',
  ],
  evaluate(timeline, settings) {
    const groups = Map.groupBy(timeline.spans('gap'), ({ endpoint, fact }) => `${fact.cause}:${endpoint}`);
    return [...groups].flatMap(([key, spans]) => {
      const [first] = spans;
      const cause = first && CAUSES.get(first.fact.cause);
      const period = spread(spans);
      const missing = spans.reduce((sum, span) => sum + missingIn(span), 0);
      if (!cause || !period) return [];
      if (first.fact.cause === 'spool-overflow' && missing < settings.overflow) return [];
      return [
        {
          key,
          severity: cause.severity,
          reason: `${first.endpoint} ${cause.what}, ${during(period)}.`,
          arithmetic: [
            { label: 'cause', value: first.fact.cause },
            { label: 'holes', value: String(spans.length) },
            { label: 'observations', value: missing === 0 ? 'not known how many' : String(missing) },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
        },
      ];
    });
  },
  examples: [
    {
      name: 'The chain of evidence does not fit',
      story: [ADA, LAPTOP, gap('2026-03-03T15:00:00.000Z', { cause: 'chain-break' })],
      expect: [{ subject: 'ada', key: 'chain-break:laptop-1', severity: 'high' }],
    },
    {
      name: 'The data folder was removed and nothing says why',
      story: [ADA, LAPTOP, gap('2026-03-03T15:00:00.000Z', { cause: 'unknown', last: 8 })],
      expect: [{ key: 'unknown:laptop-1', severity: 'medium' }],
    },
    {
      name: 'Weeks offline overflow the spool',
      story: [ADA, LAPTOP, gap('2026-03-03T15:00:00.000Z', { cause: 'spool-overflow', last: 9_000 })],
      expect: [{ key: 'spool-overflow:laptop-1', severity: 'low' }],
    },
    {
      name: 'A few observations are dropped, and a clock is set',
      story: [
        ADA,
        LAPTOP,
        gap('2026-03-03T15:00:00.000Z', { cause: 'spool-overflow' }),
        gap('2026-03-03T16:00:00.000Z', { cause: 'clock-step', last: 8, stepMs: 3_600_000 }),
      ],
      expect: [],
    },
  ],
});

function missingIn({ fact }: Span<'gap'>): number {
  return fact.count ?? Math.max(0, fact.last - fact.first + 1);
}
