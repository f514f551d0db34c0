import type { Export } from '../../shared/api/exports.ts';
import type { Db } from './store.ts';

const MOST_LISTED = 200;

/** Adds or replaces. */
export async function writeExport(db: Db, one: Export): Promise<void> {
  const { progress: _, ...kept } = one;
  const changing = { status: one.status, body: JSON.stringify(kept) };
  await db
    .insertInto('exports')
    .values({ id: one.id, requested_at: one.requestedAt, ...changing })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changing))
    .execute();
}

/** Latest first. */
export async function listExports(db: Db): Promise<readonly Export[]> {
  const rows = await db
    .selectFrom('exports')
    .select('body')
    .orderBy('requested_at', 'desc')
    .orderBy('id')
    .limit(MOST_LISTED)
    .execute();
  return rows.map(exportOf);
}

export async function findExport(db: Db, id: string): Promise<Export | undefined> {
  const row = await db.selectFrom('exports').select('body').where('id', '=', id).executeTakeFirst();
  return row && exportOf(row);
}

/** Those that a collector that stopped left unfinished. */
export async function unfinishedExports(db: Db): Promise<readonly Export[]> {
  const rows = await db.selectFrom('exports').select('body').where('status', '=', 'running').execute();
  return rows.map(exportOf);
}

function exportOf({ body }: { readonly body: string }): Export {
  return JSON.parse(body);
}
