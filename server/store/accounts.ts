import { createHash, randomBytes } from 'node:crypto';
import type { Session } from '../../shared/api.ts';
import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import type { Db } from './store.ts';

export interface NewLink {
  readonly account: string;
  readonly expiresAt: Instant;
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
  | { readonly refused: 'unknown' | 'used' | 'expired'; readonly of?: string };

/** Uses a link up, in the transaction that opens the session. */
export async function redeemSignInLink(db: Db, token: string, at: Instant): Promise<LinkUse> {
  const hash = hashOf(token);
  const used = await db
    .updateTable('sign_in_links')
    .set({ used_at: at })
    .where('hash', '=', hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .returning('account')
    .executeTakeFirst();
  if (used) return used;
  const link = await db.selectFrom('sign_in_links').selectAll().where('hash', '=', hash).executeTakeFirst();
  if (!link) return { refused: 'unknown' };
  return { refused: link.used_at === null ? 'expired' : 'used', of: link.account };
}

/** Late visitors of a link are told from guesses for this long. */
const LINKS_KEPT_MS = 7 * DAY;

/** Opens a session and returns its secret, of which only the hash is kept. Sessions and links that are over go. */
export async function openSession(db: Db, session: Session, at: Instant): Promise<string> {
  const secret = randomSecret();
  const longAgo = instant(millis(at) - LINKS_KEPT_MS);
  await db.deleteFrom('web_sessions').where('expires_at', '<=', at).execute();
  await db.deleteFrom('sign_in_links').where('expires_at', '<=', longAgo).execute();
  await db
    .insertInto('web_sessions')
    .values({
      hash: hashOf(secret),
      account: session.account,
      created_at: at,
      expires_at: session.expiresAt,
    })
    .execute();
  return secret;
}

/** The session that a secret opens, unless it is over. */
export async function findSession(db: Db, secret: string, at: Instant): Promise<Session | undefined> {
  const row = await db
    .selectFrom('web_sessions')
    .select(['account', 'expires_at'])
    .where('hash', '=', hashOf(secret))
    .where('expires_at', '>', at)
    .executeTakeFirst();
  return row && { account: row.account, role: 'admin', expiresAt: row.expires_at };
}

export async function closeSession(db: Db, secret: string): Promise<void> {
  await db.deleteFrom('web_sessions').where('hash', '=', hashOf(secret)).execute();
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** The secrets are 256 random bits, so a plain hash is enough: there is nothing to guess from. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
