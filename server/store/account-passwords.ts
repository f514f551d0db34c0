import type { Db } from './store.ts';

export interface KnownPassword {
  readonly name: string;
  readonly disabled: boolean;
  /** As `Passwords` keeps it; null where none was set. */
  readonly password: string | null;
}

export async function passwordOf(db: Db, account: string): Promise<KnownPassword | undefined> {
  const row = await db
    .selectFrom('accounts')
    .select(['name', 'password', 'disabled_at'])
    .where('name', '=', account)
    .executeTakeFirst();
  return row && { name: row.name, password: row.password, disabled: row.disabled_at !== null };
}

/** True when there was one before. */
export async function keepPassword(db: Db, account: string, password: string): Promise<boolean> {
  const before = await passwordOf(db, account);
  await db.updateTable('accounts').set({ password }).where('name', '=', account).execute();
  return before !== undefined && before.password !== null;
}
