import { type EnrollmentToken, enrollmentTokenSchema, TOKEN_PREFIX } from '../../shared/enrollment.ts';

/** What the one string holds. */
export function decodedToken(text: string): EnrollmentToken {
  const json = Buffer.from(text.trim().slice(TOKEN_PREFIX.length), 'base64url').toString();
  return enrollmentTokenSchema.parse(JSON.parse(json));
}

export function secretOf(text: string): string {
  return decodedToken(text).secret;
}

/** The same token with some of it changed. */
export function tokenFor(text: string, change: Partial<EnrollmentToken>): string {
  const json = JSON.stringify({ ...decodedToken(text), ...change });
  return TOKEN_PREFIX + Buffer.from(json).toString('base64url');
}
