import { createHash } from 'node:crypto';
import { CodedError } from '../../shared/errors.ts';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

export interface NewToken {
  readonly secret: string;
  /** Whom endpoints that use it belong to; undefined: each becomes an undeclared contractor of its own. */
  readonly contractor?: string | undefined;
  readonly uses: number;
  readonly expiresAt: Instant;
}

/** Keeps the token's hash only: whoever reads the database cannot enroll with it. */
export async function addToken(db: Db, token: NewToken, at: Instant): Promise<void> {
  await db
    .insertInto('enrollment_tokens')
    .values({
      hash: hashOf(token.secret),
      contractor: token.contractor ?? null,
      uses_left: token.uses,
      created_at: at,
      expires_at: token.expiresAt,
    })
    .execute();
}

/** Takes one use of a token and says whom it is bound to. Throws ENROLLMENT_TOKEN_INVALID, _EXPIRED or _USED. */
export async function useToken(
  db: Db,
  secret: string,
  at: Instant,
): Promise<{ readonly contractor: string | undefined }> {
  const hash = hashOf(secret);
  const row = await db
    .selectFrom('enrollment_tokens')
    .selectAll()
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (!row) throw new CodedError('ENROLLMENT_TOKEN_INVALID');
  if (row.expires_at <= at) throw new CodedError('ENROLLMENT_TOKEN_EXPIRED', { expired: row.expires_at });
  if (row.uses_left < 1) throw new CodedError('ENROLLMENT_TOKEN_USED');
  await db
    .updateTable('enrollment_tokens')
    .set({ uses_left: row.uses_left - 1 })
    .where('hash', '=', hash)
    .execute();
  return { contractor: row.contractor ?? undefined };
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
