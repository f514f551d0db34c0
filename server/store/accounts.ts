import * as z from 'zod/mini';
import { ROLES, type Role } from '../../shared/account.ts';
import { type Account, accountSchema } from '../../shared/api/account.ts';
import { CodedError } from '../../shared/errors.ts';
import { appendAction } from './actions.ts';
import type { By } from './proposals.ts';
import type { Db } from './store.ts';

export interface NewAccount {
  readonly name: string;
  readonly role: Role;
  /** Whom an identity provider knows it as. */
  readonly identity?: Identity;
}

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

export interface AccountChange {
  /** The one that was looked at; without it the change is made whatever happened meanwhile. */
  readonly version?: number | undefined;
  readonly role?: Role | undefined;
  readonly disabled?: boolean | undefined;
}

/** Throws ACCOUNT_EXISTS. In a transaction. */
export async function makeAccount(db: Db, { name, role, identity }: NewAccount, by: By): Promise<Account> {
  if (await findAccount(db, name)) throw new CodedError('ACCOUNT_EXISTS', { account: name });
  const values = { name, role, created_at: by.at };
  await db
    .insertInto('accounts')
    .values({ ...values, ...(identity && { issuer: identity.issuer, subject: identity.subject }) })
    .execute();
  await appendAction(db, {
    ...by,
    action: 'account.create',
    subject: name,
    detail: { before: null, after: { role, ...identity } },
  });
  return existing(db, name);
}

/**
 * Gives another role, disables or enables, and keeps both states on the action log. Disabling ends every session and link at once; a
 * role counts from the next request. In a transaction. Throws NOT_FOUND, ACCOUNT_CHANGED, LAST_ADMIN.
 */
export async function changeAccount(db: Db, name: string, { change, by }: Changing): Promise<Account> {
  const before = await existing(db, name);
  if (change.version !== undefined && change.version !== before.version)
    throw new CodedError('ACCOUNT_CHANGED', { account: before.name, version: before.version });
  const role = change.role ?? before.role;
  const disabled = change.disabled ?? before.disabledAt !== null;
  if (role === before.role && disabled === (before.disabledAt !== null)) return before;
  if (role !== 'admin' || disabled) await requireAnotherAdmin(db, before);
  await db
    .updateTable('accounts')
    .set({ role, disabled_at: disabled ? (before.disabledAt ?? by.at) : null, version: before.version + 1 })
    .where('name', '=', before.name)
    .execute();
  if (disabled) await endSignIns(db, before.name);
  await appendAction(db, {
    ...by,
    action: actionFor(before, disabled),
    subject: before.name,
    detail: {
      before: { role: before.role, disabled: before.disabledAt !== null },
      after: { role, disabled },
    },
  });
  return existing(db, before.name);
}

interface Changing {
  readonly change: AccountChange;
  readonly by: By;
}

/** By its name, whatever the case of its letters. */
export async function findAccount(db: Db, name: string): Promise<Account | undefined> {
  const row = await db.selectFrom('accounts').selectAll().where('name', '=', name).executeTakeFirst();
  return row && accountOf(row);
}

export async function accounts(db: Db): Promise<Account[]> {
  return (await db.selectFrom('accounts').selectAll().orderBy('name').execute()).map(accountOf);
}

/** The role of an account that a link makes when nobody said which: the first one administers. */
export async function roleOfNext(db: Db): Promise<Role> {
  const any = await db.selectFrom('accounts').select('name').limit(1).executeTakeFirst();
  return any ? 'viewer' : 'admin';
}

export function roleIn(text: string | undefined): Role | undefined {
  return ROLES.find((role) => role === text);
}

async function existing(db: Db, name: string): Promise<Account> {
  const account = await findAccount(db, name);
  if (!account) throw new CodedError('NOT_FOUND', { account: name });
  return account;
}

async function requireAnotherAdmin(db: Db, { name, role, disabledAt }: Account): Promise<void> {
  if (role !== 'admin' || disabledAt !== null) return;
  const another = await db
    .selectFrom('accounts')
    .select('name')
    .where('role', '=', 'admin')
    .where('disabled_at', 'is', null)
    .where('name', '!=', name)
    .limit(1)
    .executeTakeFirst();
  if (!another) throw new CodedError('LAST_ADMIN', { account: name });
}

async function endSignIns(db: Db, name: string): Promise<void> {
  await db.deleteFrom('web_sessions').where('account', '=', name).execute();
  await db.deleteFrom('sign_in_links').where('account', '=', name).where('used_at', 'is', null).execute();
}

function actionFor({ disabledAt }: Account, disabled: boolean): string {
  if (disabled === (disabledAt !== null)) return 'account.role';
  return disabled ? 'account.disable' : 'account.enable';
}

interface Row {
  readonly name: string;
  readonly role: string;
  readonly issuer: string | null;
  readonly password: string | null;
  readonly created_at: string;
  readonly disabled_at: string | null;
  readonly last_sign_in_at: string | null;
  readonly version: number;
}

function accountOf(row: Row): Account {
  return z.parse(accountSchema, {
    name: row.name,
    role: row.role,
    ways: [...(row.password === null ? [] : ['password']), ...(row.issuer === null ? [] : ['oidc'])],
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
    lastSignInAt: row.last_sign_in_at,
    version: row.version,
  });
}
