import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import type { Role } from '../../shared/account.ts';
import { type ApiToken, apiTokenSchema, type NewApiToken } from '../../shared/api/api-token.ts';
import { CodedError } from '../../shared/errors.ts';
import { type Instant, MINUTE, millis } from '../../shared/time.ts';
import { findAccount, roleIn } from './accounts.ts';
import { appendAction } from './actions.ts';
import type { By } from './proposals.ts';
import { hashOf, randomSecret } from './sessions.ts';
import type { Db } from './store.ts';

export const API_TOKEN_PREFIX = 'fhapi_';
const MOST_PER_ACCOUNT = 100;
const NOTED_EVERY_MS = MINUTE;

export interface OpenToken {
  readonly token: ApiToken;
  /** Of its account, now. */
  readonly role: Role;
}

/** Makes a token, of which only the hash is kept. In a transaction. Throws NOT_FOUND, ACCOUNT_DISABLED, TOO_MANY_REQUESTS. */
export async function makeApiToken(db: Db, wanted: NewApiToken, by: By) {
  const name = wanted.account ?? by.actor;
  const account = await findAccount(db, name);
  if (!account) throw new CodedError('NOT_FOUND', { account: name });
  if (account.disabledAt !== null) throw new CodedError('ACCOUNT_DISABLED', { account: account.name });
  const mine = await db.selectFrom('api_tokens').select('id').where('account', '=', account.name).execute();
  if (mine.length >= MOST_PER_ACCOUNT) throw new CodedError('TOO_MANY_REQUESTS', { tokens: mine.length });
  const token = API_TOKEN_PREFIX + randomSecret();
  const made: ApiToken = {
    id: `at-${randomBytes(6).toString('hex')}`,
    name: wanted.name,
    account: account.name,
    scopes: [...new Set(wanted.scopes)],
    createdAt: by.at,
    createdBy: by.actor,
    expiresAt: wanted.expiresAt,
    usedAt: null,
    revokedAt: null,
  };
  await db
    .insertInto('api_tokens')
    .values({
      id: made.id,
      hash: hashOf(token),
      name: made.name,
      account: made.account,
      scopes: JSON.stringify(made.scopes),
      created_at: by.at,
      created_by: by.actor,
      expires_at: made.expiresAt,
    })
    .execute();
  const after = { name: made.name, account: made.account, scopes: made.scopes, expiresAt: made.expiresAt };
  const detail = { before: null, after };
  await appendAction(db, { ...by, action: 'api-token.create', subject: made.id, detail });
  return { token, made };
}

/** Ends a token for good; a second time changes nothing. In a transaction. Throws NOT_FOUND. */
export async function revokeApiToken(db: Db, id: string, by: By): Promise<ApiToken> {
  const row = await db.selectFrom('api_tokens').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new CodedError('NOT_FOUND', { token: id });
  if (row.revoked_at !== null) return tokenOf(row);
  await db.updateTable('api_tokens').set({ revoked_at: by.at }).where('id', '=', id).execute();
  const detail = { before: { revokedAt: null }, after: { revokedAt: by.at } };
  await appendAction(db, { ...by, action: 'api-token.revoke', subject: id, detail });
  return tokenOf({ ...row, revoked_at: by.at });
}

/** The token, unless it is over or its account disabled. */
export async function findApiToken(db: Db, token: string, at: Instant): Promise<OpenToken | undefined> {
  const row = await db
    .selectFrom('api_tokens')
    .innerJoin('accounts', 'accounts.name', 'api_tokens.account')
    .selectAll('api_tokens')
    .select('role')
    .where('hash', '=', hashOf(token))
    .where('expires_at', '>', at)
    .where('revoked_at', 'is', null)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  const role = roleIn(row?.role);
  return row && role && { token: tokenOf(row), role };
}

export async function noteTokenUse(db: Db, { id, usedAt }: ApiToken, at: Instant): Promise<void> {
  if (usedAt !== null && millis(at) - millis(usedAt) < NOTED_EVERY_MS) return;
  await db.updateTable('api_tokens').set({ used_at: at }).where('id', '=', id).execute();
}

/** Newest first. */
export async function apiTokens(db: Db): Promise<ApiToken[]> {
  const rows = await db
    .selectFrom('api_tokens')
    .selectAll()
    .orderBy('created_at', 'desc')
    .limit(1_000)
    .execute();
  return rows.map(tokenOf);
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly scopes: string;
  readonly created_at: string;
  readonly created_by: string;
  readonly expires_at: string;
  readonly used_at: string | null;
  readonly revoked_at: string | null;
}

function tokenOf(row: Row): ApiToken {
  return z.parse(apiTokenSchema, {
    id: row.id,
    name: row.name,
    account: row.account,
    scopes: JSON.parse(row.scopes),
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    revokedAt: row.revoked_at,
  });
}
