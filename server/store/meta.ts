import { randomBytes } from 'node:crypto';
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
