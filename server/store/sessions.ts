import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '../../shared/account.ts';
import type { Way } from '../../shared/api/account.ts';
import type { Session } from '../../shared/api.ts';
import { HOUR, type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import { roleIn } from './accounts.ts';
import type { Db } from './store.ts';

/** A session lasts so long at most, */
export const SESSION_MS = 12 * HOUR;
/** and so long after the last request that a person caused, */
export const IDLE_MS = 2 * HOUR;
/** which is written down so often, for each is a commit. */
const NOTED_EVERY_MS = MINUTE;

export interface NewSession {
  readonly account: string;
  readonly way: Way;
  readonly source: string;
  readonly at: Instant;
}

export interface OpenSession {
  readonly id: string;
  readonly account: string;
  readonly role: Role;
  readonly way: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly usedAt: Instant;
}

/** Opens a session and returns its secret, of which only the hash is kept. Sessions that are over go. */
export async function openSession(db: Db, { account, way, source, at }: NewSession) {
  const secret = randomSecret();
  const expiresAt = instant(millis(at) + SESSION_MS);
  await db.deleteFrom('web_sessions').where('expires_at', '<=', at).execute();
  await db
    .insertInto('web_sessions')
    .values({
      hash: hashOf(secret),
      id: `se-${randomBytes(6).toString('hex')}`,
      account,
      way,
      source,
      created_at: at,
      expires_at: expiresAt,
      used_at: at,
    })
    .execute();
  await db.updateTable('accounts').set({ last_sign_in_at: at }).where('name', '=', account).execute();
  return { secret, expiresAt };
}

/** The session that a secret opens, unless it is over or its account disabled. */
export async function findSession(db: Db, secret: string, at: Instant): Promise<OpenSession | undefined> {
  const row = await db
    .selectFrom('web_sessions')
    .innerJoin('accounts', 'accounts.name', 'web_sessions.account')
    .select(['id', 'account', 'role', 'way', 'web_sessions.created_at', 'expires_at', 'used_at'])
    .where('hash', '=', hashOf(secret))
    .where('expires_at', '>', at)
    .where('used_at', '>', instant(millis(at) - IDLE_MS))
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  const role = roleIn(row?.role);
  if (!row || !role) return undefined;
  const { id, account, way } = row;
  return {
    id,
    account,
    role,
    way,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
  };
}

/** Keeps a session from being idle. */
export async function noteUse(db: Db, { id, usedAt }: OpenSession, at: Instant): Promise<void> {
  if (millis(at) - millis(usedAt) < NOTED_EVERY_MS) return;
  await db.updateTable('web_sessions').set({ used_at: at }).where('id', '=', id).execute();
}

export async function closeSession(db: Db, secret: string): Promise<void> {
  await db.deleteFrom('web_sessions').where('hash', '=', hashOf(secret)).execute();
}

export function sessionOfRow({ account, role, expiresAt }: OpenSession): Session {
  return { account, role, expiresAt };
}

export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** The secrets are 256 random bits, so a plain hash is enough: there is nothing to guess from. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
