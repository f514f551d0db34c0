import { CompiledQuery, type QueryResult } from 'kysely';
import type { Db } from './store.ts';

/**
 * A statement of the hot path: built by Kysely once for each database, then run with fresh values. Building one takes longer
 * than running it. `build` gets a placeholder for every value, in the order in which `run` gives them.
 */
export interface Prepared {
  run(db: Db, values: readonly unknown[]): Promise<QueryResult<Record<string, unknown>>>;
}

interface Buildable {
  compile(): CompiledQuery;
}

export function prepared(build: (db: Db) => Buildable): Prepared {
  let sql: string | undefined;
  return {
    run(db, values) {
      sql ??= build(db).compile().sql;
      return db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(sql, [...values]));
    },
  };
}
