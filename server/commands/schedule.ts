import { resolve } from 'node:path';
import * as z from 'zod/mini';
import {
  PERIODS,
  type Schedule,
  type ScheduleSettings,
  scheduleSettingsSchema,
} from '../../shared/api/schedules.ts';
import { cronWords } from '../../shared/cron-words.ts';
import { CodedError } from '../../shared/errors.ts';
import { problemsOf } from '../../shared/problems.ts';
import { instant } from '../../shared/time.ts';
import { packFolders } from '../audit/pack-folders.ts';
import { type ScheduleBook, scheduleBook } from '../audit/schedule-book.ts';
import { readConfig } from '../config.ts';
import { openStore } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';
import { table } from './table.ts';

export const schedule: Command = {
  usage: `farhand schedule add --name text --cron "minute hour day month weekday" [--timezone zone] [--period ${PERIODS.join('|')}]
                     [--contractor id …] [--endpoint id …] [--case id …] [--redact] [--folder path] [--keep-last n] [--keep-days n]
farhand schedule list [--json]
farhand schedule run|pause|resume|remove <id>

Has the collector write audit packs by the clock. A pack that was missed while the collector was down is made at its next start, and says
so; one that fails is tried again. "run" asks for one besides. Packs stay when their schedule is removed.
  --timezone   on whose clocks the expression is read: UTC when left out
  --period     what a pack holds: since-last (from where the one before ended; the default), or the day, week, month or quarter before
  --folder     an existing folder within \`packFolders\` of the configuration; \`packs\` of the data folder when left out
  --keep-last, --keep-days  how many of its packs stay, and for how long; a pack stays while either wants it, all when left out
Everywhere: [--config file] [--data-dir folder]

Example: farhand schedule add --name "Quarterly audit" --cron "0 6 1 1,4,7,10 *" --timezone America/Chicago --period quarter`,
  async run(args) {
    const { values, positionals } = optionsOf(args, OPTIONS, true);
    const [form, id] = positionals;
    const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
    await using store = await openStore(config.dataDir);
    const book = scheduleBook({ db: store.db, folders: packFolders(config) });
    const by = { ...commandLine(), at: instant(Date.now()) };
    if (form === 'add') {
      const made = await book.add(settingsIn(values), by);
      return print(`${made.id}: ${wordsOf(made)}\nNext: ${made.next.join(', ')}`);
    }
    if (form === 'list') return list(await book.list(), values.json);
    if (id === undefined)
      throw new CodedError('USAGE', { reason: 'name a schedule; `farhand schedule list` shows them' });
    switch (form) {
      case 'run':
        await book.runNow(id, by);
        return print(`${id} is asked for a pack; the running collector makes it now, or at its next start.`);
      case 'pause':
        return turned(book, id, { enabled: false, by });
      case 'resume':
        return turned(book, id, { enabled: true, by });
      case 'remove':
        await book.remove(id, {}, by);
        return print(`${id} is removed; its packs stay where they are.`);
      default:
        throw new CodedError('USAGE', { reason: `there is no schedule ${form ?? ''}` });
    }
  },
};

const OPTIONS = {
  name: { type: 'string' },
  cron: { type: 'string' },
  timezone: { type: 'string', default: 'UTC' },
  period: { type: 'string', default: 'since-last' },
  contractor: { type: 'string', multiple: true },
  endpoint: { type: 'string', multiple: true },
  case: { type: 'string', multiple: true },
  redact: { type: 'boolean', default: false },
  folder: { type: 'string' },
  'keep-last': { type: 'string' },
  'keep-days': { type: 'string' },
  json: { type: 'boolean', default: false },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
} as const;

function settingsIn(values: ReturnType<typeof optionsOf<typeof OPTIONS>>['values']): ScheduleSettings {
  const { name, cron, timezone, period, folder, redact } = values;
  const parsed = z.safeParse(scheduleSettingsSchema, {
    ...{ name, cron, timezone, period, redact, enabled: true },
    ...{ contractors: values.contractor ?? [], endpoints: values.endpoint ?? [], cases: values.case ?? [] },
    folder: folder === undefined ? null : resolve(folder),
    keepLast: countOf(values['keep-last']),
    keepDays: countOf(values['keep-days']),
  });
  if (!parsed.success) throw new CodedError('USAGE', { reason: problemsOf(parsed.error) });
  return parsed.data;
}

function countOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

async function turned(
  book: ScheduleBook,
  id: string,
  { enabled, by }: { readonly enabled: boolean; readonly by: Parameters<ScheduleBook['add']>[1] },
): Promise<number> {
  const one = (await book.list()).find((known) => known.id === id);
  if (!one) throw new CodedError('NOT_FOUND', { schedule: id });
  const { next } = await book.change(
    id,
    { version: one.version, settings: { ...one.settings, enabled } },
    by,
  );
  return print(
    enabled
      ? `${id} goes on. Next: ${next.join(', ')}`
      : `${id} is paused; what falls due meanwhile is left out.`,
  );
}

function list(schedules: readonly Schedule[], json: boolean): number {
  if (json) return print(schedules.map((one) => JSON.stringify(one)).join('\n'));
  const rows = schedules.map((one) => [
    ...[
      one.id,
      one.settings.name,
      wordsOf(one),
      one.next[0] ?? 'paused',
      one.succeededAt ?? 'never',
      stateOf(one),
    ],
  ]);
  return print(table(['schedule', 'name', 'when', 'next', 'last pack', 'state'], rows));
}

function stateOf({ runs, unfinished }: Schedule): string {
  const failed = runs.find(({ status }) => status === 'failed');
  if (failed)
    return `failing with ${failed.failure ?? ''}, ${unfinished} to be made, again at ${failed.retryAt ?? ''}`;
  if (unfinished > 0) return `${unfinished} to be made`;
  const [last] = runs;
  const skipped = runs.find((run) => run.skipped !== null)?.skipped;
  const left = skipped ? `; ${skipped.orMore ? 'more than ' : ''}${skipped.count} missed were left out` : '';
  return `${last?.madeUp ? 'good, the last one was made up' : 'good'}${left}`;
}

function wordsOf({ settings: { cron, timezone } }: Schedule): string {
  return `${cronWords(cron)} (${timezone})`;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
