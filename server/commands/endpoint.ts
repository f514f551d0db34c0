import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { readConfig } from '../config.ts';
import { revoke } from '../gateway/revocation.ts';
import { endpointRows } from '../store/endpoint-views.ts';
import { openStore, type Store } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';
import { table } from './table.ts';

export const endpoint: Command = {
  usage: `farhand endpoint list [--json] [--config file] [--data-dir folder]
farhand endpoint revoke <id> --reason text [--config file] [--data-dir folder]

revoke takes a machine's right to speak: its connection is closed within a second or two, its key is refused from then on, and its
evidence stays. It cannot be undone; the machine can be enrolled anew with a new token.

Example: farhand endpoint revoke ep-0123456789ab --reason "laptop returned"`,
  async run([form, ...args]) {
    if (form === 'list') return list(args);
    if (form === 'revoke') return revokeOne(args);
    throw new CodedError('USAGE', { reason: 'expected: endpoint list or endpoint revoke' });
  },
};

const COMMON = { config: { type: 'string' }, 'data-dir': { type: 'string' } } as const;

async function list(args: readonly string[]): Promise<number> {
  const { values } = optionsOf(args, { json: { type: 'boolean', default: false }, ...COMMON });
  await using store = await storeOf(values);
  const rows = await endpointRows(store.db);
  const text = values.json
    ? JSON.stringify(rows, null, 2)
    : table(
        ['ID', 'CONTRACTOR', 'HOSTNAME', 'STATE', 'LAST SEEN', 'ENROLLED', 'AGENT', 'BEFORE'],
        rows.map((row) => [
          row.id,
          row.contractor,
          row.hostname,
          row.revokedAt === null ? (row.online ? 'online' : 'offline') : 'revoked',
          row.lastSeenAt ?? 'never',
          row.enrolledAt,
          row.agentVersion,
          row.enrolledBefore ?? '',
        ]),
      );
  process.stdout.write(`${text}\n`);
  return 0;
}

async function revokeOne(args: readonly string[]): Promise<number> {
  const { values, positionals } = optionsOf(args, { reason: { type: 'string' }, ...COMMON }, true);
  const [id, ...more] = positionals;
  const reason = values.reason?.trim() ?? '';
  if (id === undefined || more.length > 0)
    throw new CodedError('USAGE', { reason: 'expected the id of one endpoint; "endpoint list" shows them' });
  if (reason === '' || reason.length > 500)
    throw new CodedError('USAGE', { reason: '--reason is needed, with at most 500 characters' });
  await using store = await storeOf(values);
  const done = await revoke(store, { id, reason, at: instant(Date.now()), ...commandLine() });
  process.stdout.write(done ? `Revoked ${id}.\n` : `${id} was revoked before.\n`);
  return 0;
}

function storeOf(values: {
  readonly config?: string | undefined;
  readonly 'data-dir'?: string | undefined;
}): Promise<Store> {
  const { dataDir } = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
  return openStore(dataDir);
}
