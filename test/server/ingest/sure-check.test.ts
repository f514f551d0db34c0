import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod/mini';
import { sureCheckOf } from '../../../server/ingest/sure-check.ts';
import { FACTS, type Fact, factIdentitySchema, factSchema, identityOf } from '../../../shared/facts.ts';
import { batchPayloadSchema } from '../../../shared/frames.ts';
import { SAMPLES } from '../../support/facts.ts';

const AT = '2026-03-02T14:00:00.000Z';
const facts: readonly Fact[] = Object.values(SAMPLES);
const isSure = sureCheckOf(batchPayloadSchema);

test.each(facts.map((fact) => [fact.kind, fact] as const))(
  'a believable %s passes without zod',
  (_, fact) => {
    expect(sureCheckOf(factSchema)(fact)).toBe(true);
    expect(sureCheckOf(factIdentitySchema)(identityOf(fact))).toBe(true);
  },
);

test('what a default would change is left to zod', () => {
  const { networkClass: _, ...bare } = SAMPLES.egress;
  expect(sureCheckOf(factSchema)(bare)).toBe(false);
  expect(z.safeParse(factSchema, bare).success).toBe(true);
});

test('a schema that the check cannot read is never sure', () => {
  expect(sureCheckOf(z.date())(new Date(0))).toBe(false);
  expect(sureCheckOf(z.object({}))({})).toBe(false);
  expect(sureCheckOf(z.string().check(z.regex(/a/g)))('a')).toBe(false);
  expect(sureCheckOf(z.email())('ada@example.com')).toBe(false);
});

test('the check agrees with zod on whatever JSON can hold in place of a payload', () => {
  fc.assert(
    fc.property(payload(), fc.array(mutation(), { maxLength: 3 }), (valid, mutations) => {
      const value: unknown = JSON.parse(mutations.reduce(mutate, JSON.stringify(valid)));
      const { success, data } = z.safeParse(batchPayloadSchema, value);
      expect(isSure(value)).toBe(success && JSON.stringify(sorted(data)) === JSON.stringify(sorted(value)));
    }),
    { numRuns: 1_000 },
  );
});

test('the mutations leave enough of both sorts', () => {
  const outcomes = fc
    .sample(fc.tuple(payload(), mutation()), { numRuns: 500, seed: 1 })
    .map(([valid, mutation]) => isSure(JSON.parse(mutate(JSON.stringify(valid), mutation))));
  expect(outcomes.filter(Boolean).length).toBeGreaterThan(25);
  expect(outcomes.filter((sure) => !sure).length).toBeGreaterThan(100);
});

function payload() {
  const observation = fc
    .record({
      fact: fc.constantFrom(...facts),
      change: fc.constantFrom('began', 'ended', 'noted'),
      seq: fc.integer({ min: 1 }),
      mono: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
      dropped: fc.nat(30),
    })
    .map(({ fact, change, seq, mono, dropped }) => ({
      ...{ seq, at: AT, mono, change },
      fact: change === 'ended' ? identityOf(fact) : withoutOne(fact, dropped),
    }));
  return fc.record({
    sealedAt: fc.constant(AT),
    observations: fc.array(observation, { minLength: 1, maxLength: 3 }),
  });
}

/** Leaves out one of the optional fields, by turns. */
function withoutOne(fact: Fact, turn: number): object {
  const { shape } = FACTS[fact.kind].schema;
  const optional = Object.entries(shape).flatMap(([key, schema]) =>
    schema.type === 'optional' ? [key] : [],
  );
  const gone = optional[turn % Math.max(1, optional.length)];
  return Object.fromEntries(Object.entries(fact).filter(([key]) => key !== gone));
}

interface Mutation {
  readonly place: number;
  readonly how: 'replace' | 'remove' | 'add';
  readonly key: string;
  /** As JSON text, since JSON can say what `JSON.stringify` cannot. */
  readonly value: string;
}

function mutation(): fc.Arbitrary<Mutation> {
  return fc.record({
    place: fc.nat(200),
    how: fc.constantFrom('replace', 'remove', 'add'),
    key: fc.constantFrom('__proto__', 'constructor', 'kind', 'at', 'extra', '', 'version', 'tool', 'serial'),
    value: fc.oneof(
      fc.constantFrom(
        ...['null', '""', '[]', '{}', 'true', '0', '-0', '-1', '1.5', '1e999', '-1e999', '9007199254740992'],
        ...['"2026-02-30T14:00:00.000Z"', '"2026-13-02T14:00:00.000Z"', '"2026-03-02T14:00:00Z"', '"UTC"'],
        ...['"America/Chicago"', '"anydesk"', '"Any Desk"', '"192.0.2.1"', '"running"', '"tool"', '"began"'],
        ...['"0a1b2c3d4e5f60718293a4b5c6d7e8f9"', '65535', '65536', '60', '61', '[null]', '{"__proto__":1}'],
      ),
      fc.string({ maxLength: 200 }).map((text) => JSON.stringify(text)),
      fc.json(),
    ),
  });
}

const MARK = '"<mutated>"';

/** Changes one of all the values within a JSON text. */
function mutate(text: string, { place, how, key, value }: Mutation): string {
  const root: unknown = JSON.parse(text, (name, child) => (name === '__proto__' ? undefined : child));
  const holders: Record<string, unknown>[] = [];
  JSON.stringify(root, (_, child) => {
    if (typeof child === 'object' && child !== null) holders.push(child);
    return child;
  });
  const holder = holders[place % holders.length] ?? {};
  const keys = Object.keys(holder);
  const at = keys[place % Math.max(1, keys.length)] ?? key;
  if (how === 'remove' && Array.isArray(holder)) holder.pop();
  else if (how === 'remove') delete holder[at];
  else {
    const name = how === 'add' && !Array.isArray(holder) ? key : at;
    Object.defineProperty(holder, name, {
      ...{ value: JSON.parse(MARK), enumerable: true, configurable: true, writable: true },
    });
  }
  return JSON.stringify(root).replace(MARK, () => value);
}

/** Zod gives keys in the schema's order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
