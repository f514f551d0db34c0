import { expect, test } from 'vitest';
import { fairnessOf, fairnessText } from '../../../server/detector/fairness.ts';
import type { Burden } from '../../../server/store/burdens.ts';

const NOW = '2026-03-31T00:00:00.000Z';
const burden = (countries: readonly string[], more: Partial<Burden> = {}): Burden => ({
  countries,
  since: '2026-03-01T00:00:00.000Z',
  until: null,
  findings: [],
  ...more,
});
const finding = (severity: string, count: number, outcome = 'open') => ({ severity, outcome, count });

test('a country with twice the findings in the same time has twice the rate', () => {
  const rows = fairnessOf(
    [
      burden(['US'], { findings: [finding('high', 1), finding('info', 5)] }),
      burden(['PL'], { findings: [finding('low', 1), finding('medium', 1, 'expected')] }),
      burden(['PL'], {
        since: '2026-01-30T00:00:00.000Z',
        until: NOW,
        findings: [finding('high', 4, 'retracted')],
      }),
    ],
    NOW,
  );
  expect(
    rows.map(({ country, months, rate, ratio, settled }) => [country, months, rate, ratio, settled]),
  ).toEqual([
    ['all', 4, 175, 1, 5],
    ['PL', 3, 200, 1.14, 5],
    ['US', 1, 100, 0.57, 0],
  ]);
});

test('who declared several countries counts with each, and once in all', () => {
  const rows = fairnessOf([burden(['US', 'CA'], { findings: [finding('low', 2)] }), burden([])], NOW);
  expect(rows.map(({ country, contractors, findings }) => [country, contractors, findings.low])).toEqual([
    ['all', 2, 2],
    ['CA', 1, 2],
    ['US', 1, 2],
    ['none declared', 1, 0],
  ]);
});

test('without time or findings there is no rate, and the table says so', () => {
  const rows = fairnessOf([burden(['US'], { since: NOW })], NOW);
  expect(rows.map(({ rate, ratio }) => [rate, ratio])).toEqual([
    [null, null],
    [null, null],
  ]);
  expect(fairnessText(rows)).toMatch(/^US +1 +0\.0 +0 +0 +0 +0 +0 +- +-$/m);
});
