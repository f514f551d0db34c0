import { isDeepStrictEqual } from 'node:util';
import { type Fact, factKey, identityOf } from '../shared/facts.ts';
import type { TimedChange } from '../shared/observation.ts';
import type { Instant } from '../shared/time.ts';

export type FactsByKey = ReadonlyMap<string, Fact>;

export function byKey(facts: readonly Fact[]): FactsByKey {
  return new Map(facts.map((fact) => [factKey(fact), fact]));
}

/** What is gone ended; what is new or carries something else began. */
export function changesBetween(
  before: FactsByKey,
  after: FactsByKey,
  at: { readonly ended: Instant; readonly began: Instant },
): readonly TimedChange[] {
  const gone = [...before].filter(([key]) => !after.has(key));
  const fresh = [...after].filter(([key, fact]) => !isDeepStrictEqual(fact, before.get(key)));
  return [
    ...gone.map(([, fact]): TimedChange => ({ change: 'ended', fact: identityOf(fact), at: at.ended })),
    ...fresh.map(([, fact]): TimedChange => ({ change: 'began', fact, at: at.began })),
  ];
}
