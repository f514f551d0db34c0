import { expect, test } from 'vitest';
import { reopeningReason } from '../../../server/detect/reopening.ts';
import { findingWith } from '../../support/finding.ts';

const base = findingWith({ id: 'fd_1' });

test.each([
  ['is judged as before', {}, {}, undefined],
  ['ends later', {}, { to: '2026-03-02T11:00:00.000Z' }, undefined],
  ['is retracted', {}, { outcome: 'retracted' }, undefined],
  ['was retracted and stands again', { outcome: 'retracted' }, {}, 'came back'],
  ['weighs more', {}, { severity: 'high' }, 'medium became high'],
  ['weighs less', {}, { severity: 'low' }, undefined],
  ['concerns somebody else too', {}, { contractors: ['ada', 'ben'] }, 'concerns ben'],
  ['goes on again', {}, { to: null }, 'goes on again'],
] as const)('a finding that was confirmed and %s', (_, before, after, why) => {
  const reason = reopeningReason({
    before: { ...base, ...before, contractors: ['ada'] },
    after: {
      ...base,
      ...after,
      contractors: ['contractors' in after ? [...after.contractors] : ['ada']].flat(),
    },
    decision: 'confirmed',
  });
  if (why === undefined) expect(reason).toBeUndefined();
  else expect(reason).toContain(why);
});

test('what was found harmless may go on again', () => {
  expect(reopeningReason({ before: base, after: { ...base, to: null }, decision: 'benign' })).toBeUndefined();
});
