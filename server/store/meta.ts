import { randomBytes } from 'node:crypto';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

/** The key of all keyed hashes of this organization, made once. 32 bytes, base64url. */
export async function organizationKey(db: Db): Promise<string> {
  await db
    .insertInto('meta')
    .values({ key: 'organization-key', value: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'organization-key')
    .executeTakeFirstOrThrow();
  return value;
}

/** Whether the last purge that came to its end was after this moment. */
export async function purgedSince(db: Db, since: Instant): Promise<boolean> {
  const last = await metaTime(db, 'purged-at');
  return last !== undefined && last > since;
}

export async function notePurge(db: Db, at: Instant): Promise<void> {
  await noteTime(db, 'purged-at', at);
}

/** Says that this store is a backup's, so that what agents delivered since then is known to be the collector's loss. */
export async function noteRestore(db: Db, at: Instant): Promise<void> {
  await noteTime(db, 'restored-at', at);
}

/** When that last happened; undefined when it never did. */
export async function metaTime(
  db: Db,
  key: 'purged-at' | 'backup-at' | 'restored-at',
): Promise<Instant | undefined> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

export async function noteBackupMade(db: Db, at: Instant): Promise<void> {
  await noteTime(db, 'backup-at', at);
}

async function noteTime(db: Db, key: string, value: Instant): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}
