import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { readConfig } from '../config.ts';
import { holds, placeHold, releaseHold } from '../store/holds.ts';
import { openStore } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';
import { table } from './table.ts';

export const hold: Command = {
  usage: `farhand hold add --contractor id|--case id --reason text
farhand hold list
farhand hold release <id> --reason text

A legal hold keeps everything about a contractor, or about a case and everybody in it, from being purged or erased. The first
"release" asks for its end; it ends when another person calls it too, here or by the API.
Everywhere: [--config file] [--data-dir folder]

Example: farhand hold add --contractor ada --reason "matter 2026-14"`,
  async run(args) {
    const { values, positionals } = optionsOf(args, OPTIONS, true);
    const [form, id] = positionals;
    const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
    await using store = await openStore(config.dataDir);
    const by = { ...commandLine(), at: instant(Date.now()) };
    switch (form) {
      case 'add': {
        const asked = { ...subjectOf(values), reason: needed(values.reason) };
        const placed = await store.db.transaction().execute((trx) => placeHold(trx, asked, by));
        return print(`${placed.id} holds ${placed.scope} ${placed.subject}`);
      }
      case 'list': {
        const rows = (await holds(store.db)).map((one) => [
          ...[one.id, one.scope, one.subject, one.placedBy, one.placedAt],
          one.releasedAt ?? (one.releaseBy ? `release asked for by ${one.releaseBy}` : 'in force'),
          one.reason,
        ]);
        return print(table(['hold', 'of', 'subject', 'placed by', 'placed', 'released', 'reason'], rows));
      }
      case 'release': {
        if (id === undefined)
          throw new CodedError('USAGE', { reason: 'name a hold; `farhand hold list` shows them' });
        const reason = needed(values.reason);
        const after = await store.db.transaction().execute((trx) => releaseHold(trx, id, { reason, by }));
        return print(
          after.releasedAt ? `${id} is released.` : `${id} is released when another person says so too.`,
        );
      }
      default:
        throw new CodedError('USAGE', { reason: `there is no hold ${form ?? ''}` });
    }
  },
};

const OPTIONS = {
  contractor: { type: 'string' },
  case: { type: 'string' },
  reason: { type: 'string' },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
} as const;

type Values = Readonly<Partial<Record<keyof typeof OPTIONS, string>>>;

function subjectOf({ contractor, case: of }: Values) {
  if (contractor !== undefined && of === undefined)
    return { scope: 'contractor', subject: contractor } as const;
  if (of !== undefined && contractor === undefined) return { scope: 'case', subject: of } as const;
  throw new CodedError('USAGE', { reason: 'expected --contractor or --case' });
}

function needed(reason: string | undefined): string {
  if (reason === undefined || reason === '' || reason.length > 500)
    throw new CodedError('USAGE', { reason: '--reason is needed, with 500 characters at most' });
  return reason;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
