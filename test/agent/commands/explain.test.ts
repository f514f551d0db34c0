import { expect, test } from 'vitest';
import { explanation } from '../../../agent/commands/explain.ts';
import { PROBES } from '../../../agent/probes/index.ts';
import { DEFAULT_POLICY } from '../../../shared/policy.ts';

test('every probe is explained with what it reads, what it never does and how often', () => {
  const text = explanation(PROBES, { policy: DEFAULT_POLICY });
  for (const { name } of PROBES) expect(text).toMatch(new RegExp(`^${name} \\(every .+\\)\n  Reads: .`, 'm'));
  expect(text.match(/^ {2}Never: ./gm)).toHaveLength(PROBES.length);
  expect(text).toContain('tool (every 5 seconds)');
  expect(text).toContain('clock (every minute)');
  expect(text).toContain('platform (every hour)');
});

test('the pace and the names of the policy in force are told', () => {
  const policy = { version: 'p7', everySeconds: { tool: 120 }, userNames: 'hashed' } as const;
  const text = explanation(PROBES, { policy });
  expect(text).toContain('tool (every 2 minutes, as the policy says)');
  expect(text).toContain('Policy in force: p7\n');
  expect(text).toContain('  Account names are sent as hashes.');
});

test('the policy is told with its origin and its ceiling', () => {
  expect(explanation(PROBES, { policy: DEFAULT_POLICY })).toContain('built in, as no collector is known');
  const policy = { ...DEFAULT_POLICY, ceiling: { cpuPercent: 0.5, memoryMb: 90 } };
  const text = explanation(PROBES, { policy, toldAt: '2026-03-02T14:00:00.000Z' });
  expect(text).toContain('told by the collector on 2026-03-02 14:00:00 UTC');
  expect(text.replace(/\s+/g, ' ')).toContain(
    '0.5 % of one processor core over five minutes, and 90 MB of memory',
  );
});

test('an enrolled machine is told who gets what is found', () => {
  const identity = {
    endpoint: 'laptop-1',
    url: 'https://collector.example.com',
    publicKey: '',
    sign: () => '',
    keyedHash: () => '',
    mirrors: [],
  };
  expect(explanation(PROBES, { identity, policy: DEFAULT_POLICY }).replace(/\s+/g, ' ')).toContain(
    'goes to https://collector.example.com, for the endpoint laptop-1, and nowhere else',
  );
});

test('no line is wider than a terminal of a hundred columns', () => {
  const lines = explanation(PROBES, { policy: DEFAULT_POLICY }).split('\n');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
});
