import type { Compilable, CompiledQuery } from 'kysely';
import type { Db } from './store.ts';

/**
 * A query that Kysely builds once and then runs with fresh values: building one takes longer than asking SQLite for a row. `build`
 * gets a placeholder for every value, in the order in which they are given.
 */
export function compiled<R>(
  build: (db: Db) => Compilable<R>,
): (db: Db, values: readonly unknown[]) => Promise<readonly R[]> {
  let query: CompiledQuery<R> | undefined;
  return async (db, values) => {
    query ??= build(db).compile();
    const { rows } = await db.executeQuery<R>({ ...query, parameters: values });
    return rows;
  };
}
