import { join } from 'node:path';
import { sql } from 'kysely';
import { openSqlite } from './sqlite.ts';
import type { Db } from './store.ts';

/** The store as it is at one moment, through a connection of its own: the collector goes on writing beside it. */
export interface Snapshot extends AsyncDisposable {
  readonly db: Db;
}

/** Of a data folder whose store is open and migrated elsewhere. Throws STORE_UNAVAILABLE. */
export async function openSnapshot(dataDir: string): Promise<Snapshot> {
  const db = openSqlite(join(dataDir, 'collector.sqlite'), { readOnly: true });
  const close = () => db.destroy();
  try {
    // The one connection stays in this transaction until it is closed. The first read, not `begin`, says which moment it shows.
    await sql.raw('begin').execute(db);
    await db.selectFrom('meta').select('key').limit(1).execute();
  } catch (error) {
    await close();
    throw error;
  }
  return { db, [Symbol.asyncDispose]: close };
}
