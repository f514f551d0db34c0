import { type SqlBool, sql } from 'kysely';
import type { ContractorsPage, ContractorsQuery } from '../../shared/api/contractors.ts';
import { contractorRows } from './contractor-views.ts';
import { containing, listCursor, listPosition } from './list-cursor.ts';
import type { Db } from './store.ts';

const PAGE = 50;

/** One page of contractors in order of their ids. Throws REQUEST_INVALID for a cursor that is none. */
export async function contractorsPage(db: Db, query: ContractorsQuery): Promise<ContractorsPage> {
  const { limit = PAGE, q = '', cursor } = query;
  let select = db.selectFrom('contractors').select('id');
  if (q.trim() !== '')
    select = select.where(sql<SqlBool>`id || ' ' || coalesce(label, '') like ${containing(q)} escape '\\'`);
  if (cursor) select = select.where('id', '>', listPosition(cursor).id);
  const rows = await select
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const ids = rows.slice(0, limit).map(({ id }) => id);
  const last = rows.length > limit ? ids.at(-1) : undefined;
  return {
    contractors: await contractorRows(db, ids),
    next: last === undefined ? null : listCursor('', last),
  };
}

/** What people call these contractors; those without a label are left out. */
export async function contractorLabels(db: Db, ids: readonly string[]): Promise<Record<string, string>> {
  const rows = await db.selectFrom('contractors').select(['id', 'label']).where('id', 'in', ids).execute();
  return Object.fromEntries(rows.flatMap(({ id, label }) => (label === null ? [] : [[id, label]])));
}
