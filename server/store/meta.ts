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
  const row = await db.selectFrom('meta').select('value').where('key', '=', 'purged-at').executeTakeFirst();
  return row !== undefined && row.value > since;
}

export async function notePurge(db: Db, at: Instant): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key: 'purged-at', value: at })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: at }))
    .execute();
}

/** Says that this store is a backup's, so that what agents delivered since then is known to be the collector's loss. */
export async function noteRestore(db: Db, at: Instant): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key: 'restored-at', value: at })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: at }))
    .execute();
}

/** When the store was last restored from a backup; undefined when it never was. */
export async function restoredAt(db: Db): Promise<Instant | undefined> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', 'restored-at').executeTakeFirst();
  return row?.value;
}
