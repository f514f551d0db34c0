import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Kysely, sql, type Transaction } from 'kysely';
import { CodedError } from '../../shared/errors.ts';
import { type Bell, newBell } from './bell.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Tables } from './schema.ts';
import { openSqlite, type SqliteOptions } from './sqlite.ts';

/** What every file of the store works on: the database itself, or a transaction on it. */
export type Db = Kysely<Tables>;

/** A transaction on it, for what runs hot statements: between them nobody else's may run. */
export type Trx = Transaction<Tables>;

/** An open store, migrated to this version's schema. */
export interface Store extends AsyncDisposable {
  readonly db: Db;
  /** Rung after a commit that marked subjects dirty. */
  readonly dirty: Bell;
  /** Rung after a commit that added to the feed. */
  readonly feed: Bell;
}

/** Opens `<dataDir>/collector.sqlite`, making folder and schema as needed. Throws STORE_UNAVAILABLE, STORE_LOCKED, STORE_FULL or STORE_NEWER. */
export async function openStore(dataDir: string, options: SqliteOptions = {}): Promise<Store> {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new CodedError(
      'STORE_UNAVAILABLE',
      { path: dataDir, reason: cause instanceof Error ? cause.message : '' },
      { cause },
    );
  }
  const db = openSqlite(join(dataDir, 'collector.sqlite'), options);
  const close = () => db.destroy();
  try {
    await migrate(db);
  } catch (error) {
    await close();
    throw error;
  }
  return { db, dirty: newBell(), feed: newBell(), [Symbol.asyncDispose]: close };
}

/** Runs the migrations that this database has not had, each with its number in one transaction. */
async function migrate(db: Db): Promise<void> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db);
  const done = rows[0]?.user_version ?? 0;
  if (done > MIGRATIONS.length)
    throw new CodedError('STORE_NEWER', { found: done, known: MIGRATIONS.length });
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < done) continue;
    await db.transaction().execute(async (trx) => {
      for (const statement of statements) await sql.raw(statement).execute(trx);
      await sql.raw(`pragma user_version = ${index + 1}`).execute(trx);
    });
  }
}
