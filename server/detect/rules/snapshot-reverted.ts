import * as z from 'zod';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { during } from '../wording.ts';

const ADA = { contractor: { id: 'ada' } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const gap = (at: string, more: object) => ({
  at,
  endpoint: 'laptop-1',
  noted: { kind: 'gap', epoch: '00112233445566778899aabbccddeeff', first: 9, last: 40, ...more },
});

export const snapshotReverted = defineRule({
  id: 'snapshot-reverted',
  title: 'Machine was set back to an older state',
  scope: 'contractor',
  family: 'tamper',
  severity: 'medium',
  advisories: ['us-2022-hr-2', 'us-2022-mitigation-2'],
  attack: ['T1685'],
  contradicts: [],
  watches: ['gap'],
  settings: z.strictObject({
    highFrom: z
      .int()
      .min(2)
      .max(100)
      .default(3)
      .describe('From so many times within the window on, it is high.'),
  }),
  falsePositives: [
    'A disk that was restored from a backup after a failure: the help desk has a ticket.',
    'A virtual machine that was set back on purpose, where virtual machines are agreed to.',
  ],
  blindSpots: [
    'A machine that is set back before anything was delivered after the copy was made.',
    'What was done between the copy and the restore and was not delivered yet.',
  ],
  triage: [
    'Ask the help desk for a restore at that time; a laptop that was issued has no snapshots of its own.',
    'Look at what was delivered between the copy and the restore: it is in the evidence and cannot be taken back.',
    'Look whether a virtual machine answers in place of the issued one.',
  ],
  evaluate(timeline, settings) {
    const reverts = timeline.spans('gap').filter(({ fact }) => fact.cause === 'snapshot-revert');
    return [...Map.groupBy(reverts, ({ endpoint }) => endpoint)].flatMap(([endpoint, spans]) => {
      const period = spread(spans);
      if (!period) return [];
      const behind = spans.reduce((most, { fact }) => Math.max(most, fact.last - fact.first + 1), 0);
      return [
        {
          key: `reverted:${endpoint}`,
          severity: spans.length >= settings.highFrom ? 'high' : 'medium',
          reason: `The spool of ${endpoint} was older than what it had delivered ${during(period)}: the machine, or its data folder, was set back.`,
          arithmetic: [
            { label: 'times', value: `${spans.length}; high from ${settings.highFrom}` },
            { label: 'observations behind', value: `${behind} at most` },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
        },
      ];
    });
  },
  examples: [
    {
      name: 'Yesterday’s copy is put back',
      story: [ADA, LAPTOP, gap('2026-03-03T15:00:00.000Z', { cause: 'snapshot-revert' })],
      expect: [{ subject: 'ada', key: 'reverted:laptop-1', severity: 'medium' }],
    },
    {
      name: 'The machine is set back every day',
      story: [
        ADA,
        LAPTOP,
        ...['03', '04', '05'].map((day) => gap(`2026-03-${day}T15:00:00.000Z`, { cause: 'snapshot-revert' })),
      ],
      expect: [{ key: 'reverted:laptop-1', severity: 'high' }],
    },
    {
      name: 'A spool overflowed',
      story: [ADA, LAPTOP, gap('2026-03-03T15:00:00.000Z', { cause: 'spool-overflow' })],
      expect: [],
    },
  ],
});
