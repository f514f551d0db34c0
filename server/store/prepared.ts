import type { CompiledQuery, QueryResult } from 'kysely';
import type { Db } from './store.ts';

/**
 * A statement of the hot path: built by Kysely once, then run with fresh values, since building one takes longer than running it.
 * `build` gets a placeholder for every value, in the order in which `run` gives them.
 */
export interface Prepared {
  run(db: Db, values: readonly unknown[]): Promise<QueryResult<Record<string, unknown>>>;
}

interface Buildable {
  compile(): CompiledQuery<unknown>;
}

export function prepared(build: (db: Db) => Buildable): Prepared {
  let compiled: CompiledQuery<unknown> | undefined;
  return {
    run(db, values) {
      compiled ??= build(db).compile();
      const { sql, query, queryId } = compiled;
      return db.executeQuery<Record<string, unknown>>({ sql, query, queryId, parameters: values });
    },
  };
}
