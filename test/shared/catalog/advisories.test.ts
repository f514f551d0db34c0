import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { ADVISORIES } from '../../../shared/catalog/index.ts';
import { advisorySchema } from '../../../shared/catalog/schema.ts';

test('advisories are valid, and their ids unique', () => {
  expect(z.safeParse(z.array(advisorySchema), ADVISORIES).error?.issues ?? []).toEqual([]);
  expect(new Set(ADVISORIES.map(({ id }) => id)).size).toBe(ADVISORIES.length);
});

test('every indicator of the four US texts is recorded', () => {
  const ids = ADVISORIES.map(({ id }) => id);
  const counted = [
    ...series('us-2022-platform', 9),
    ...series('us-2022-hr', 10),
    ...series('us-2022-mitigation', 2),
    ...series('us-2022-body', 2),
    ...series('us-rok-2023', 8),
    ...series('us-rok-2023-mitigation', 4),
    ...series('fbi-2024', 4),
    ...series('fbi-2025', 5),
  ];
  expect(counted.filter((id) => !ids.includes(id))).toEqual([]);
});

test('an indicator that rests on origin is recorded as excluded', () => {
  const language = ADVISORIES.find(({ id }) => id === 'us-rok-2023-6');
  expect(language?.indicator).toMatch(/Excluded.*no rule/s);
});

function series(name: string, length: number): string[] {
  return Array.from({ length }, (_, index) => `${name}-${index + 1}`);
}
