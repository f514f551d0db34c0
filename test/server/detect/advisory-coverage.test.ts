import { expect, test } from 'vitest';
import { advisoryCoverage, REASONS } from '../../../server/detect/advisory-coverage.ts';
import { ADVISORIES } from '../../../shared/catalog/index.ts';

test('every indicator has a rule, or the reason why it has none', () => {
  const covered = advisoryCoverage();
  expect(covered.map(({ id }) => id)).toEqual(ADVISORIES.map(({ id }) => id));
  expect(covered.filter(({ rules, reason }) => rules.length > 0 === (reason !== null))).toEqual([]);
});

test('reasons are given for indicators of the catalog alone', () => {
  const known = new Set(ADVISORIES.map(({ id }) => id));
  expect([...REASONS.keys()].filter((id) => !known.has(id))).toEqual([]);
});
