import * as z from 'zod/mini';
import { ROLES, type Role } from '../../shared/account.ts';
import type { Account } from '../../shared/api/account.ts';
import { CodedError } from '../../shared/errors.ts';
import { idSchema } from '../../shared/ids.ts';
import { instant } from '../../shared/time.ts';
import { type Config, readConfig, urlFor } from '../config.ts';
import { type AccountChange, accounts, changeAccount, roleIn } from '../store/accounts.ts';
import type { By } from '../store/proposals.ts';
import { linkFor } from '../store/sign-in-links.ts';
import { openStore, type Store } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';
import { table } from './table.ts';

export const user: Command = {
  usage: `farhand user link [--account admin] [--role ${ROLES.join('|')}] [--port number]
farhand user list [--json]
farhand user role <account> --role ${ROLES.join('|')}
farhand user disable|enable <account>

link prints a link that is good once, for 30 minutes. Whoever opens it is signed in to the console as this account, which is made
where there is none: the first one administers, others may look (viewer) unless --role says more. role counts from the next
request; disable ends all sessions of an account at once. The last administrator cannot be taken away.
Everywhere: [--config file] [--data-dir folder]

Example: farhand user link --account ada --role analyst`,
  async run(args) {
    const { values, positionals } = optionsOf(args, OPTIONS, true);
    const [form, name, ...more] = positionals;
    if (more.length > 0) throw new CodedError('USAGE', { reason: `not understood: ${more.join(' ')}` });
    const role = roleOf(values.role);
    const config = readConfig({
      file: values.config,
      flags: { dataDir: values['data-dir'], port: values.port },
    });
    await using store = await openStore(config.dataDir);
    switch (form) {
      case 'link':
        return print(await link(store, { config, account: nameOf(name ?? values.account), role }));
      case 'list':
        return print(listed(await accounts(store.db), values.json));
      case 'role':
        if (!role) throw new CodedError('USAGE', { reason: '--role is needed' });
        return print(await changed(store, nameOf(name), { role }));
      case 'disable':
      case 'enable':
        return print(await changed(store, nameOf(name), { disabled: form === 'disable' }));
      default:
        throw new CodedError('USAGE', { reason: 'expected: user link, list, role, disable or enable' });
    }
  },
};

const OPTIONS = {
  account: { type: 'string', default: 'admin' },
  role: { type: 'string' },
  json: { type: 'boolean', default: false },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
  port: { type: 'string' },
} as const;

interface Wanted {
  readonly config: Config;
  readonly account: string;
  readonly role: Role | undefined;
}

async function link(store: Store, { config, account, role }: Wanted): Promise<string> {
  const token = await store.db.transaction().execute((trx) => linkFor(trx, { account, role }, byNow()));
  return `${urlFor(config)}/sign-in#${token}`;
}

async function changed(store: Store, name: string, change: AccountChange): Promise<string> {
  const account = await store.db
    .transaction()
    .execute((trx) => changeAccount(trx, name, { change, by: byNow() }));
  return `${account.name} is ${stateOf(account)}`;
}

function listed(all: readonly Account[], json: boolean): string {
  if (json) return JSON.stringify(all, null, 2);
  return table(
    ['ACCOUNT', 'STATE', 'SIGNS IN BY', 'CREATED', 'LAST SIGN-IN'],
    all.map((account) => [
      account.name,
      stateOf(account),
      ['link', ...account.ways].join(', '),
      account.createdAt,
      account.lastSignInAt ?? 'never',
    ]),
  );
}

function stateOf({ role, disabledAt }: Account): string {
  return disabledAt === null ? role : `${role}, disabled`;
}

function roleOf(text: string | undefined): Role | undefined {
  const role = roleIn(text);
  if (text !== undefined && !role)
    throw new CodedError('USAGE', { reason: `--role ${text} is none of ${ROLES.join(', ')}` });
  return role;
}

function nameOf(text: string | undefined): string {
  const name = z.safeParse(idSchema, text);
  if (!name.success)
    throw new CodedError('USAGE', {
      reason: 'an account has 1 to 64 letters, digits, dots, dashes, underscores or @',
    });
  return name.data;
}

function byNow(): By {
  return { ...commandLine(), at: instant(Date.now()) };
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
