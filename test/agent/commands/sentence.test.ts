import { expect, test } from 'vitest';
import { sentenceOf } from '../../../agent/commands/sentence.ts';
import { FACTS, type Fact, identityOf } from '../../../shared/facts.ts';
import { SAMPLES } from '../../support/facts.ts';

const stamp = { seq: 1, at: '2026-03-02T14:00:00.000Z', mono: 0 };
const ofAgents: readonly Fact[] = Object.values(SAMPLES).filter(({ kind }) => FACTS[kind].source === 'agent');

test.each(ofAgents.map((fact) => [fact.kind, fact] as const))(
  '%s has a sentence of its own, also when it is over',
  (kind, fact) => {
    const began = sentenceOf({ ...stamp, change: 'began', fact });
    expect(began.split(' ').length).toBeGreaterThan(3);
    expect(began).not.toMatch(/undefined|\[object/);
    const ended = sentenceOf({ ...stamp, change: 'ended', fact: identityOf(fact) });
    expect(ended).toMatch(/^No longer: ./);
    expect(ended).not.toMatch(/undefined|\[object/);
    expect(began).not.toBe(kind);
  },
);

test('products are called as people know them', () => {
  const fact: Fact = {
    kind: 'tool',
    tool: 'anydesk',
    state: 'running',
    category: 'remote-access',
    signs: [{ by: 'process', name: 'anydesk' }],
  };
  expect(sentenceOf({ ...stamp, change: 'began', fact })).toBe(
    'AnyDesk is running (recognized by process anydesk)',
  );
});
