import type { TokenRow } from '../../shared/api/tokens.ts';
import { CodedError } from '../../shared/errors.ts';
import { DAY, HOUR, instant } from '../../shared/time.ts';
import { pinOf, readConfig, urlFor } from '../config.ts';
import { createToken } from '../gateway/enrollment.ts';
import { appendAction } from '../store/actions.ts';
import { openStore } from '../store/store.ts';
import { revokeToken, tokenRows } from '../store/tokens.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';
import { table } from './table.ts';

export const token: Command = {
  usage: `farhand token create [--contractor id] [--uses 1] [--expires 7d] [--config file] [--data-dir folder]
farhand token list [--json] [--data-dir folder]
farhand token revoke <id> [--data-dir folder]

create prints one string, fh1.…, and nothing else; it is not shown again. Give it to the agent by file, stdin or environment.
  --contractor  whom the machine belongs to; without it each machine becomes an undeclared contractor of its own
  --uses        how many machines may enroll with it (1 to 100000)
  --expires     how long it is good, in hours or days, such as 12h or 7d
list shows who may still enroll with what; never the string itself. revoke ends a token; machines that enrolled with it stay.

Example: farhand token create --contractor ada | ssh laptop farhand-agent enroll --token-file -`,
  async run([form, ...args]) {
    if (form === 'create') return create(args);
    if (form === 'list') return list(args);
    if (form === 'revoke') return revoke(args);
    throw new CodedError('USAGE', { reason: 'expected: token create, token list or token revoke' });
  },
};

const COMMON = { config: { type: 'string' }, 'data-dir': { type: 'string' } } as const;

async function create(args: readonly string[]): Promise<number> {
  const { values } = optionsOf(args, {
    contractor: { type: 'string' },
    uses: { type: 'string', default: '1' },
    expires: { type: 'string', default: '7d' },
    ...COMMON,
  });
  const uses = /^\d{1,6}$/.test(values.uses) ? Number(values.uses) : 0;
  if (uses < 1 || uses > 100_000)
    throw new CodedError('USAGE', { reason: `--uses ${values.uses} is not a number from 1 to 100000` });
  const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
  const now = Date.now();
  const request = {
    url: urlFor(config),
    pin: pinOf(config),
    contractor: values.contractor,
    uses,
    expiresAt: now + durationOf(values.expires),
    at: instant(now),
    by: commandLine(),
  };
  await using store = await openStore(config.dataDir);
  const text = await store.db.transaction().execute((trx) => createToken(trx, request));
  process.stdout.write(`${text}\n`);
  return 0;
}

async function list(args: readonly string[]): Promise<number> {
  const { values } = optionsOf(args, { json: { type: 'boolean', default: false }, ...COMMON });
  const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
  await using store = await openStore(config.dataDir);
  const rows = await tokenRows(store.db);
  const now = instant(Date.now());
  const text = values.json
    ? JSON.stringify(rows, null, 2)
    : table(
        ['ID', 'CONTRACTOR', 'STATE', 'USES LEFT', 'EXPIRES', 'REFUSED', 'CREATED', 'BY'],
        rows.map((row) => [
          row.id,
          row.contractor ?? '(each its own)',
          stateOf(row, now),
          String(row.usesLeft),
          row.expiresAt,
          String(row.refused),
          row.createdAt,
          row.createdBy,
        ]),
      );
  process.stdout.write(`${text}\n`);
  return 0;
}

function stateOf({ revokedAt, expiresAt, usesLeft }: TokenRow, now: string): string {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt <= now) return 'expired';
  return usesLeft < 1 ? 'used' : 'good';
}

async function revoke(args: readonly string[]): Promise<number> {
  const { values, positionals } = optionsOf(args, COMMON, true);
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0)
    throw new CodedError('USAGE', { reason: 'expected the id of one token; "token list" shows them' });
  const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
  await using store = await openStore(config.dataDir);
  const at = instant(Date.now());
  await store.db.transaction().execute(async (trx) => {
    if (!(await revokeToken(trx, id, at))) throw new CodedError('NOT_FOUND', { token: id });
    await appendAction(trx, { ...commandLine(), at, action: 'token.revoke', subject: id, detail: {} });
  });
  process.stdout.write(`Revoked ${id}. Machines that enrolled with it stay enrolled.\n`);
  return 0;
}

function durationOf(text: string): number {
  const [, amount, unit] = /^(\d{1,4})([hd])$/.exec(text) ?? [];
  if (amount === undefined)
    throw new CodedError('USAGE', { reason: `--expires ${text} is not a time such as 12h or 7d` });
  return Number(amount) * (unit === 'h' ? HOUR : DAY);
}
