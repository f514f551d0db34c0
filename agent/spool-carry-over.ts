import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { type Fact, factKey, factSchema } from '../shared/facts.ts';
import { batchPayloadSchema } from '../shared/frames.ts';
import type { Observation, TimedChange } from '../shared/observation.ts';
import type { Instant } from '../shared/time.ts';
import { dig, type Kinds } from './spool-overflow.ts';
import { addUnsealed } from './spool-unsealed.ts';

export interface CarryOver {
  /** What was told before, is still true as far as the waiting observations do not say otherwise, and must be said again first. */
  readonly before: readonly TimedChange[];
  /** Gives the waiting observations new numbers, the first one this. Gives the number after the last. */
  renumber(first: number): number;
}

const numberRow = z.object({ value: z.nullable(z.number()) });
const textRow = z.object({ value: z.string() });

/**
 * What waits in an epoch that ends unsealed again, to be told in the next one under new numbers but with its own times; holes stay
 * accounted for. Everything happens within the caller's transaction.
 */
export function carryOver(
  database: DatabaseSync,
  { epoch, now }: { readonly epoch: string; readonly now: Instant },
): CarryOver {
  const mentioned = unseal(database, epoch);
  const before = database
    .prepare('select fact as value from told order by key')
    .all()
    .map((row) => z.parse(factSchema, JSON.parse(z.parse(textRow, row).value)))
    .filter((fact) => !mentioned.has(factKey(fact)));
  database.exec('delete from told');
  return {
    before: before.map((fact: Fact) => ({ change: 'began', fact, at: firstMoment(database) ?? now })),
    renumber: (first) => renumber(database, first),
  };
}

/** The batches that wait become unsealed observations. Gives the keys that they speak of. */
function unseal(database: DatabaseSync, epoch: string): ReadonlySet<string> {
  const keys = new Set<string>();
  const waiting = database
    .prepare(
      `select first, payload as value from batches where epoch = ? and fate = 'waiting' order by first`,
    )
    .all(epoch);
  for (const row of waiting) {
    const { first, value } = z.parse(z.extend(textRow, { first: z.number() }), row);
    const { observations, dropped = {} } = z.parse(batchPayloadSchema, JSON.parse(value));
    for (const observation of observations) {
      addUnsealed(database, observation);
      if (observation.change !== 'noted') keys.add(factKey(observation.fact));
    }
    digMissing(database, { first, observations, dropped });
  }
  return keys;
}

/** Which of a batch's missing numbers were of which kind is not kept; the counts are. */
function digMissing(
  database: DatabaseSync,
  {
    first,
    observations,
    dropped,
  }: { readonly first: number; readonly observations: readonly Observation[]; readonly dropped: Kinds },
): void {
  const kinds = Object.entries(dropped).flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
  let expected = first;
  for (const { seq } of observations) {
    for (; expected < seq; expected += 1) {
      const kind = kinds.pop();
      if (kind !== undefined) dig(database, { first: expected, last: expected, kinds: { [kind]: 1 } });
    }
    expected = seq + 1;
  }
}

function firstMoment(database: DatabaseSync): Instant | undefined {
  const row = database
    .prepare(`select json_extract(body, '$.at') as value from unsealed order by seq limit 1`)
    .get();
  return row && z.parse(textRow, row).value;
}

function renumber(database: DatabaseSync, first: number): number {
  const bound = (sql: string): number | null => z.parse(numberRow, database.prepare(sql).get()).value;
  const lowest = bound(
    'select min(seq) as value from (select min(seq) as seq from unsealed union all select min(first) from holes)',
  );
  if (lowest === null) return first;
  // By way of negative numbers, or one would meet another on its way.
  const shift = first - lowest;
  database.prepare('update unsealed set seq = -(seq + ?)').run(shift);
  database.exec('update unsealed set seq = -seq');
  database.prepare('update holes set first = -(first + :shift), last = last + :shift').run({ shift });
  database.exec('update holes set first = -first');
  return (bound('select max(seq) as value from unsealed') ?? first - 1) + 1;
}
