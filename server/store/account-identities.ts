import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Role } from '../../shared/account.ts';
import { idSchema } from '../../shared/ids.ts';
import { changeAccount, findAccount, type Identity, makeAccount } from './accounts.ts';
import type { By } from './proposals.ts';
import type { Db } from './store.ts';

export interface Somebody {
  readonly identity: Identity;
  readonly names: readonly string[];
  /** What the provider says now; it decides at every sign-in. */
  readonly role: Role | undefined;
  /** For whoever it says nothing of and who is new. */
  readonly roleOfNew: Role | undefined;
}

export type AccountOrNot =
  | { readonly name: string }
  | { readonly refused: 'no role' | 'disabled'; readonly of?: string };

/**
 * The account of somebody whom an identity provider knows, by issuer and subject alone: names and addresses can change hands. It is
 * made where a role is known. In a transaction. Throws LAST_ADMIN.
 */
export async function accountFor(db: Db, somebody: Somebody, by: By): Promise<AccountOrNot> {
  const { identity, role, roleOfNew } = somebody;
  const known = await db
    .selectFrom('accounts')
    .select(['name', 'disabled_at'])
    .where('issuer', '=', identity.issuer)
    .where('subject', '=', identity.subject)
    .executeTakeFirst();
  if (known && known.disabled_at !== null) return { refused: 'disabled', of: known.name };
  if (known && role !== undefined) return changeAccount(db, known.name, { change: { role }, by });
  if (known) return roleOfNew === undefined ? { refused: 'no role', of: known.name } : { name: known.name };
  const first = role ?? roleOfNew;
  if (first === undefined) return { refused: 'no role' };
  return makeAccount(db, { name: await freeName(db, somebody), role: first, identity }, by);
}

async function freeName(db: Db, { identity, names }: Somebody): Promise<string> {
  for (const name of names)
    if (z.safeParse(idSchema, name).success && !(await findAccount(db, name))) return name;
  const digest = createHash('sha256').update(`${identity.issuer} ${identity.subject}`).digest('hex');
  return `oidc-${digest.slice(0, 16)}`;
}
