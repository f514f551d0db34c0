import { expect, test } from 'vitest';
import { riskOf } from '../../../server/detect/risk.ts';
import { findingWith } from '../../support/finding.ts';

const NOW = '2026-03-16T10:00:00.000Z';

test('a finding that still stands weighs its full weight, and half of it a fortnight after it ended', () => {
  const risk = riskOf(
    [
      findingWith({ id: 'stands', family: 'egress', severity: 'high', to: null }),
      findingWith({ id: 'ended', severity: 'high', to: '2026-03-02T10:00:00.000Z' }),
    ],
    NOW,
  );
  expect(risk).toEqual({
    total: 60,
    families: [
      {
        family: 'remote-access',
        points: 20,
        capped: false,
        lines: [
          {
            finding: 'ended',
            rule: 'unapproved-remote-tool',
            severity: 'high',
            weight: 40,
            ageDays: 14,
            points: 20,
          },
        ],
      },
      {
        family: 'egress',
        points: 40,
        capped: false,
        lines: [
          {
            finding: 'stands',
            rule: 'unapproved-remote-tool',
            severity: 'high',
            weight: 40,
            ageDays: 0,
            points: 40,
          },
        ],
      },
    ],
  });
});

test('one family counts a hundred at most, and says that it would be more', () => {
  const noisy = Array.from({ length: 9 }, (_, index) =>
    findingWith({ id: `f${index}`, severity: 'medium', to: null }),
  );
  const { total, families } = riskOf(noisy, NOW);
  expect(total).toBe(100);
  expect(families.map(({ points, capped }) => ({ points, capped }))).toEqual([{ points: 100, capped: true }]);
});

test('what is expected, retracted, undetermined or mere information adds nothing', () => {
  const findings = (['expected', 'retracted', 'undetermined'] as const).map((outcome) =>
    findingWith({ id: outcome, outcome }),
  );
  expect(riskOf([...findings, findingWith({ id: 'info', severity: 'info' })], NOW)).toEqual({
    total: 0,
    families: [],
  });
});

test('an end in the future, by a clock that was wrong, counts as now', () => {
  const [family] = riskOf([findingWith({ id: 'f', to: '2026-04-01T00:00:00.000Z' })], NOW).families;
  expect(family?.lines[0]?.ageDays).toBe(0);
});
