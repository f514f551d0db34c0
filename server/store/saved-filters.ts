import type { SavedFilters } from '../../shared/api/desk.ts';
import { CodedError } from '../../shared/errors.ts';
import { appendAction } from './actions.ts';
import type { By } from './proposals.ts';
import type { Db } from './store.ts';

const MOST_SAVED = 50;

/** An account's own, by name. */
export async function savedFilters(db: Db, account: string): Promise<SavedFilters> {
  const rows = await db
    .selectFrom('saved_filters')
    .selectAll()
    .where('account', '=', account)
    .orderBy('name')
    .execute();
  return { filters: rows.map(({ name, query, saved_at }) => ({ name, query, savedAt: saved_at })) };
}

/** Adds or replaces one. Throws REQUEST_INVALID beyond 50. */
export async function saveFilter(
  db: Db,
  { name, query }: { readonly name: string; readonly query: string },
  by: By,
): Promise<void> {
  const { filters } = await savedFilters(db, by.actor);
  const before = filters.find((filter) => filter.name === name);
  if (!before && filters.length >= MOST_SAVED)
    throw new CodedError('REQUEST_INVALID', {
      reason: `name: an account keeps ${MOST_SAVED} filters at most`,
    });
  const changing = { query, saved_at: by.at };
  await db
    .insertInto('saved_filters')
    .values({ account: by.actor, name, ...changing })
    .onConflict((conflict) => conflict.columns(['account', 'name']).doUpdateSet(changing))
    .execute();
  const detail = { before: before?.query ?? null, after: query };
  await appendAction(db, { ...by, action: 'filter.save', subject: name, detail });
}

/** A name that is not there is no mistake. */
export async function removeFilter(db: Db, name: string, by: By): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('saved_filters')
    .where('account', '=', by.actor)
    .where('name', '=', name)
    .executeTakeFirst();
  if (numDeletedRows > 0)
    await appendAction(db, { ...by, action: 'filter.remove', subject: name, detail: {} });
}
