import { sql } from 'kysely';

/** Any number of ids as one value, for `in`: so the statement's text stays the same, and no list is too long. */
export function among<Id extends string | number>(ids: Iterable<Id>) {
  return sql<Id>`(select value from json_each(${JSON.stringify([...ids])}))`;
}

/** `column in (…)`; null is everything. */
export function isAmong(column: string, ids: readonly string[] | null) {
  if (ids === null) return sql<boolean>`true`;
  return sql<boolean>`${sql.ref(column)} in ${among(ids)}`;
}
