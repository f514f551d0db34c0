import type { CompiledQuery } from 'kysely';
import { CodedError } from '../../shared/errors.ts';
import { type Changed, DirectAdapter } from './sqlite.ts';
import type { Db, Trx } from './store.ts';

/**
 * A statement of the hot path: built by Kysely once, then run with fresh values at once, without a turn of the event loop, since
 * building and awaiting one take longer than running it. `build` gets a placeholder for every value, in the order in which they are given.
 */
export interface Prepared {
  run(trx: Trx, values: readonly unknown[]): Changed;
  all(trx: Trx, values: readonly unknown[]): readonly Row[];
}

type Row = Readonly<Record<string, unknown>>;

interface Buildable {
  compile(): CompiledQuery<unknown>;
}

export function prepared(build: (db: Db) => Buildable): Prepared {
  let compiled: string | undefined;
  const sqlFor = (trx: Trx): string => (compiled ??= build(trx).compile().sql);
  return {
    run: (trx, values) => directOf(trx).run(sqlFor(trx), values),
    all: (trx, values) => directOf(trx).all(sqlFor(trx), values),
  };
}

function directOf(trx: Trx) {
  const { adapter } = trx.getExecutor();
  if (adapter instanceof DirectAdapter) return adapter.direct;
  throw new CodedError('INTERNAL', { reason: 'a hot statement needs SQLite' });
}
