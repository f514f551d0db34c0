import type { Role } from '../../shared/account.ts';
import { CodedError } from '../../shared/errors.ts';
import { DAY, type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import { findAccount, makeAccount, roleOfNext } from './accounts.ts';
import { appendAction } from './actions.ts';
import type { By } from './proposals.ts';
import { hashOf, randomSecret } from './sessions.ts';
import type { Db } from './store.ts';

/** How long a link is good. */
export const LINK_MS = 30 * MINUTE;
/** Late visitors of a link are told from guesses for this long. */
const LINKS_KEPT_MS = 7 * DAY;

export interface NewLink {
  readonly account: string;
  readonly expiresAt: Instant;
}

/**
 * Makes a link for an account, and the account where there is none. In a transaction. Throws ACCOUNT_DISABLED, and ACCOUNT_EXISTS
 * where another role was asked for than the account has.
 */
export async function linkFor(
  db: Db,
  { account, role }: { readonly account: string; readonly role?: Role | undefined },
  by: By,
): Promise<string> {
  const known = await findAccount(db, account);
  if (known && role !== undefined && known.role !== role)
    throw new CodedError('ACCOUNT_EXISTS', { account: known.name, role: known.role });
  const { name, disabledAt } =
    known ?? (await makeAccount(db, { name: account, role: role ?? (await roleOfNext(db)) }, by));
  if (disabledAt !== null) throw new CodedError('ACCOUNT_DISABLED', { account: name });
  const expiresAt = instant(millis(by.at) + LINK_MS);
  await appendAction(db, { ...by, action: 'account.link', subject: name, detail: { expiresAt } });
  return createSignInLink(db, { account: name, expiresAt });
}

/** Makes a link's token, good for one sign-in. Only its hash is kept. */
export async function createSignInLink(db: Db, { account, expiresAt }: NewLink): Promise<string> {
  const token = randomSecret();
  await db
    .insertInto('sign_in_links')
    .values({ hash: hashOf(token), account, expires_at: expiresAt, used_at: null })
    .execute();
  return token;
}

/** What became of a token: the account that it signs in, or why it does not. The reason is for the action log alone. */
export type LinkUse =
  | { readonly account: string }
  | { readonly refused: 'unknown' | 'used' | 'expired' | 'disabled'; readonly of?: string };

/** Uses a link up, in the transaction that opens the session. Links that are long over go. */
export async function redeemSignInLink(db: Db, token: string, at: Instant): Promise<LinkUse> {
  const longAgo = instant(millis(at) - LINKS_KEPT_MS);
  await db.deleteFrom('sign_in_links').where('expires_at', '<=', longAgo).execute();
  const hash = hashOf(token);
  const used = await db
    .updateTable('sign_in_links')
    .set({ used_at: at })
    .where('hash', '=', hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .returning('account')
    .executeTakeFirst();
  if (used) {
    const account = await findAccount(db, used.account);
    return account?.disabledAt === null ? used : { refused: 'disabled', of: used.account };
  }
  const link = await db.selectFrom('sign_in_links').selectAll().where('hash', '=', hash).executeTakeFirst();
  if (!link) return { refused: 'unknown' };
  return { refused: link.used_at === null ? 'expired' : 'used', of: link.account };
}
