import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  FACT_KINDS,
  FACTS,
  type Fact,
  factIdentitySchema,
  factKey,
  factSchema,
  identityOf,
  isFactKind,
} from '../../shared/facts.ts';
import { SAMPLES } from '../support/facts.ts';

const facts: readonly Fact[] = Object.values(SAMPLES);

test('every kind has a sample that its schema takes as it is', () => {
  expect(facts.map(({ kind }) => kind)).toEqual(FACT_KINDS);
  for (const fact of facts) expect(factSchema.parse(fact)).toEqual(fact);
});

test.for(facts)(
  'the identity of a $kind has the same key as the fact and nothing that it carries',
  (fact) => {
    const identity = identityOf(fact);
    expect(factIdentitySchema.parse(identity)).toEqual(identity);
    expect(factKey(identity)).toBe(factKey(fact));
    expect(Object.keys(identity).sort()).toEqual(['kind', ...FACTS[fact.kind].identity].sort());
  },
);

test.for(facts)('a $kind with a field that nobody knows is refused', (fact) => {
  expect(factSchema.safeParse({ ...fact, extra: 1 }).success).toBe(false);
});

test('a key reads as kind and identity', () => {
  expect(factKey(SAMPLES.tool)).toBe('tool|anydesk|running');
  expect(factKey(SAMPLES.clock)).toBe('clock');
  expect(factKey({ kind: 'control', tool: 'anydesk' })).toBe('control|anydesk|');
});

test('what a fact carries does not change its key', () => {
  expect(factKey({ ...SAMPLES.tool, version: '10', signs: [] })).toBe(factKey(SAMPLES.tool));
});

test('two sessions have one key exactly when they are the same session, whatever their text holds', () => {
  const who = fc.record({
    user: fc.oneof(fc.string(), fc.constantFrom('a|b', 'a%7Cb', '', '|')),
    from: fc.constantFrom(undefined, '192.0.2.1', '2001:db8::1'),
  });
  fc.assert(
    fc.property(who, who, (a, b) => {
      const same = a.user === b.user && a.from === b.from;
      expect(factKey(session(a)) === factKey(session(b))).toBe(same);
    }),
  );
});

test('a list that is longer than its limit is refused', () => {
  const signs = (length: number) => Array.from({ length }, () => ({ by: 'process', name: 'anydesk' }));
  expect(factSchema.safeParse({ ...SAMPLES.tool, signs: signs(16) }).success).toBe(true);
  expect(factSchema.safeParse({ ...SAMPLES.tool, signs: signs(17) }).success).toBe(false);
});

test('text that is longer than its limit is refused', () => {
  expect(factSchema.safeParse({ ...SAMPLES.session, user: 'a'.repeat(128) }).success).toBe(true);
  expect(factSchema.safeParse({ ...SAMPLES.session, user: 'a'.repeat(129) }).success).toBe(false);
});

test('an egress of which nothing is known has the class unknown', () => {
  expect(factSchema.parse({ kind: 'egress', ip: '192.0.2.1' })).toEqual({
    kind: 'egress',
    ip: '192.0.2.1',
    networkClass: 'unknown',
  });
});

test('names that every object inherits are no kinds', () => {
  expect(isFactKind('tool')).toBe(true);
  expect(isFactKind('toString')).toBe(false);
});

function session({ user, from }: { readonly user: string; readonly from: string | undefined }): Fact {
  const { startedAt } = SAMPLES.session;
  return { kind: 'session', user, method: 'rdp', startedAt, ...(from === undefined ? {} : { from }) };
}
