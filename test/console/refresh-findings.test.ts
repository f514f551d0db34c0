import { expect, test } from 'vitest';
import { placed } from '../../server/console/data/refresh-findings.ts';
import type { FindingRow } from '../../shared/api/findings.ts';
import { UNTOUCHED } from '../../shared/triage.ts';
import { SEED_FINDINGS } from '../support/seed.ts';

const row = (id: string, minute: number): FindingRow => {
  const [model] = SEED_FINDINGS;
  if (!model) throw new Error('no finding to copy');
  const updatedAt = `2026-03-02T15:${String(minute).padStart(2, '0')}:00.000Z`;
  return { ...model, id, updatedAt, triage: UNTOUCHED, risk: 0 };
};

const read = (next: string | null) => ({
  pages: [
    { findings: [row('a', 50), row('b', 40)], labels: {}, next: 'more' },
    { findings: [row('c', 30), row('d', 20)], labels: {}, next },
  ],
  pageParams: [null, 'more'],
});

const after = (next: string | null, ids: readonly string[], findings: readonly FindingRow[]) =>
  placed(read(next), {
    changed: { findings: [...findings], labels: {}, next: null },
    ids: new Set(ids),
    asked: {},
  }).pages.map((page) => page.findings.map(({ id }) => id));

test('what changed goes where the order puts it, over all pages', () => {
  expect(after('more', ['c'], [row('c', 59)])).toEqual([['c', 'a', 'b'], ['d']]);
});

test('what no longer fits the filters is gone', () => {
  expect(after('more', ['b'], [])).toEqual([['a'], ['c', 'd']]);
});

test('what is new stands among what was read', () => {
  expect(after('more', ['new'], [row('new', 35)])).toEqual([
    ['a', 'b'],
    ['new', 'c', 'd'],
  ]);
});

test('what belongs behind all that was read waits for the next page, and ends the list where there is none', () => {
  expect(after('more', ['new'], [row('new', 10)])).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(after(null, ['new'], [row('new', 10)])).toEqual([
    ['a', 'b'],
    ['c', 'd', 'new'],
  ]);
});
