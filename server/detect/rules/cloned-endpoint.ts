import * as z from 'zod';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { during, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada' } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const gap = (at: string, more: object) => ({
  at,
  endpoint: 'laptop-1',
  noted: { kind: 'gap', epoch: '00112233445566778899aabbccddeeff', first: 9, last: 8, ...more },
});

export const clonedEndpoint = defineRule({
  id: 'cloned-endpoint',
  title: 'Two machines speak with the key of one endpoint',
  scope: 'contractor',
  family: 'tamper',
  severity: 'critical',
  advisories: ['fbi-2024-1', 'us-2022-hr-2'],
  attack: ['T1036'],
  contradicts: [],
  watches: ['gap'],
  settings: z.strictObject({}),
  falsePositives: [
    'A machine that was replaced by a copy of its disk while the old one still ran.',
    'A data folder that an administrator copied to look into it, with the agent started there.',
  ],
  blindSpots: [
    'A copy that never speaks while the first one does, within the same boot of the machine.',
    'Which of the two is the issued machine: the key is the same, compare platform, serial and address.',
  ],
  triage: [
    'Compare platform, hardware, network and address of the two boots on the endpoint’s ledger.',
    'Ask the help desk whether the machine was copied, replaced or restored at that time.',
    'Revoke the endpoint and enroll the right machine anew: the key of this one is known to somebody else.',
  ],
  evaluate(timeline) {
    const clones = timeline.spans('gap').filter(({ fact }) => fact.cause === 'clone');
    return [...Map.groupBy(clones, ({ endpoint }) => endpoint)].flatMap(([endpoint, spans]) => {
      const period = spread(spans);
      if (!period) return [];
      const boots = sorted(spans.flatMap(({ fact }) => fact.boots ?? []));
      const addresses = sorted(spans.flatMap(({ fact }) => fact.addresses ?? []));
      const epochs = sorted(spans.map(({ fact }) => fact.epoch));
      return [
        {
          key: `clone:${endpoint}`,
          reason: `Two agents spoke with the key of ${endpoint} ${during(period)}, from ${listed(addresses) || 'addresses that were not kept'}.`,
          arithmetic: [
            { label: 'boots', value: boots.length === 1 ? `${listed(boots)}, of both` : listed(boots, 10) },
            { label: 'addresses', value: listed(addresses, 10) },
            {
              label: 'spools',
              value: listed(
                epochs.map((epoch) => epoch.slice(0, 8)),
                10,
              ),
            },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
          concerns: { addresses },
        },
      ];
    });
  },
  examples: [
    {
      name: 'A copy of the data folder runs on a second machine',
      story: [
        ADA,
        LAPTOP,
        gap('2026-03-03T15:00:00.000Z', {
          cause: 'clone',
          boots: ['boot-1', 'boot-2'],
          addresses: ['198.51.100.7', '203.0.113.40'],
        }),
      ],
      expect: [{ subject: 'ada', key: 'clone:laptop-1', severity: 'critical' }],
    },
    {
      name: 'A spool was set back and another one overflowed',
      story: [
        ADA,
        LAPTOP,
        gap('2026-03-03T15:00:00.000Z', { cause: 'snapshot-revert' }),
        gap('2026-03-03T16:00:00.000Z', { cause: 'spool-overflow' }),
      ],
      expect: [],
    },
  ],
});

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}
