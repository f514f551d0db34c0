import { expect, test } from 'vitest';
import { nearest } from '../../shared/nearest.ts';

const WORDS = ['contractor', 'countries', 'label', 'home_lat'];

test.each([
  ['countrys', 'countries'],
  ['Contracter', 'contractor'],
  ['lable', 'label'],
  ['homelat', 'home_lat'],
])('%s was meant to be %s', (typed, word) => {
  expect(nearest(typed, WORDS)).toBe(word);
});

test.each(['salary', '', 'x'.repeat(10_000)])('a word that is near nothing has no suggestion', (typed) => {
  expect(nearest(typed, WORDS)).toBeUndefined();
});

test('nothing is nearest among no words', () => {
  expect(nearest('label', [])).toBeUndefined();
});
