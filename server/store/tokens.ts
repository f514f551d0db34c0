import { createHash } from 'node:crypto';
import type { TokenRow } from '../../shared/api/tokens.ts';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

export interface NewToken {
  readonly secret: string;
  /** Whom endpoints that use it belong to; undefined: each becomes an undeclared contractor of its own. */
  readonly contractor?: string | undefined;
  readonly uses: number;
  readonly expiresAt: Instant;
  readonly createdBy: string;
}

/** Keeps the token's hash only: whoever reads the database cannot enroll with it. Gives the id by which people speak of it. */
export async function addToken(db: Db, token: NewToken, at: Instant): Promise<string> {
  const hash = hashOf(token.secret);
  await db
    .insertInto('enrollment_tokens')
    .values({
      hash,
      contractor: token.contractor ?? null,
      uses_left: token.uses,
      created_at: at,
      expires_at: token.expiresAt,
      created_by: token.createdBy,
    })
    .execute();
  return idOf(hash);
}

/** What became of an attempt. `times` counts the refusals of a token that exists. */
export type TokenUse =
  | { readonly id: string; readonly contractor: string | undefined }
  | { readonly refused: 'unknown' }
  | {
      readonly refused: 'revoked' | 'expired' | 'used';
      readonly id: string;
      readonly expiresAt: string;
      readonly times: number;
    };

/** Takes one use of a token and says whom it is bound to, or why not. Only inside a transaction, which a refusal commits as well. */
export async function useToken(db: Db, secret: string, at: Instant): Promise<TokenUse> {
  const hash = hashOf(secret);
  const row = await db
    .selectFrom('enrollment_tokens')
    .selectAll()
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (!row) return { refused: 'unknown' };
  const refused =
    row.revoked_at !== null
      ? 'revoked'
      : row.expires_at <= at
        ? 'expired'
        : row.uses_left < 1
          ? 'used'
          : null;
  const id = idOf(hash);
  const times = row.refused + 1;
  await db
    .updateTable('enrollment_tokens')
    .set(refused === null ? { uses_left: row.uses_left - 1 } : { refused: times })
    .where('hash', '=', hash)
    .execute();
  return refused === null
    ? { id, contractor: row.contractor ?? undefined }
    : { refused, id, expiresAt: row.expires_at, times };
}

const MOST_LISTED = 500;

/** Newest first; never a secret. */
export async function tokenRows(db: Db): Promise<TokenRow[]> {
  const rows = await db
    .selectFrom('enrollment_tokens')
    .selectAll()
    .orderBy('created_at', 'desc')
    .limit(MOST_LISTED)
    .execute();
  const came = await db
    .selectFrom('endpoints')
    .select((eb) => ['token', eb.fn.countAll<number>().as('count')])
    .where('token', 'is not', null)
    .groupBy('token')
    .execute();
  const enrolled = new Map(came.map(({ token, count }) => [token, count]));
  return rows.map((row) => ({
    id: idOf(row.hash),
    contractor: row.contractor,
    usesLeft: row.uses_left,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    refused: row.refused,
    enrolled: enrolled.get(idOf(row.hash)) ?? 0,
  }));
}

/** False when there is no such token; a token that is revoked already stays as it is. */
export async function revokeToken(db: Db, id: string, at: Instant): Promise<boolean> {
  const hash = TOKEN_ID.exec(id)?.[1];
  if (hash === undefined) return false;
  const token = await db
    .selectFrom('enrollment_tokens')
    .select(['hash', 'revoked_at'])
    .where('hash', 'like', `${hash}%`)
    .executeTakeFirst();
  if (!token) return false;
  if (token.revoked_at === null)
    await db
      .updateTable('enrollment_tokens')
      .set({ revoked_at: at })
      .where('hash', '=', token.hash)
      .execute();
  return true;
}

const TOKEN_ID = /^tk-([0-9a-f]{12})$/;
const PREFIX = 'tk-';

/** 48 bits of the hash of 256 random ones: tells tokens apart, and helps nobody to guess one. */
function idOf(hash: string): string {
  return PREFIX + hash.slice(0, 12);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
