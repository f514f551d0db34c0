import { join } from 'node:path';
import { sql } from 'kysely';
import type { Instant } from '../../shared/time.ts';
import { noteBackupMade } from './meta.ts';
import { openSqlite } from './sqlite.ts';
import type { Db } from './store.ts';

/** Copies the store as it is at one moment, while others write to it. Gives the version of its schema. */
export async function copyStore(dataDir: string, to: string): Promise<{ readonly schema: number }> {
  const db = openSqlite(join(dataDir, 'collector.sqlite'));
  try {
    await sql`vacuum into ${to}`.execute(db);
    return { schema: await schemaVersion(db) };
  } finally {
    await db.destroy();
  }
}

/** Remembers in the store that a backup of it came to its end, for whoever asks how old the last one is. */
export async function noteCopied(dataDir: string, at: Instant): Promise<void> {
  const db = openSqlite(join(dataDir, 'collector.sqlite'));
  try {
    await noteBackupMade(db, at);
  } finally {
    await db.destroy();
  }
}

async function schemaVersion(db: Db): Promise<number> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db);
  return rows[0]?.user_version ?? 0;
}
