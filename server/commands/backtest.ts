import { readFileSync } from 'node:fs';
import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { openCatalog } from '../catalog/additions-file.ts';
import { readConfig } from '../config.ts';
import { RULES } from '../detect/rules/index.ts';
import { parseSettings, type RuleSettings } from '../detect/settings.ts';
import { type Enrich, parseStory, type Story } from '../detect/story.ts';
import { moment } from '../detect/wording.ts';
import { backtestStory, type Comparison, compareOutcomes, type Outcome } from '../detector/backtest.ts';
import { configuredSettings } from '../detector/configured-settings.ts';
import { LOOK_BACK } from '../detector/load-timeline.ts';
import { rulingsOf } from '../detector/rulings.ts';
import { backtestStored } from '../detector/stored-backtest.ts';
import { openIntel } from '../intel/intel.ts';
import { openLog } from '../log.ts';
import { openStore } from '../store/store.ts';
import { subjectsInTime, subjectsOf } from '../store/timelines.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const backtest: Command = {
  usage: `farhand backtest <story.jsonl…> [--json] [--settings file]
farhand backtest --store [--contractor id] [--json] [--settings file] [--config file] [--data-dir folder]

Each story is judged by itself, with the code that judges stored evidence. With --store the evidence of the collector's own
last 30 days is judged instead. Nothing is stored.
  --json       one finding per line: rule, scope, subject, contractors, severity, key, reason, from, to, outcome;
               with --settings also change (same, changed, removed, added) and, for changed, with
  --settings   JSON file { "<rule>": { "<setting>": value } } to compare the defaults with

Example: farhand backtest test/stories/laptop-farm.jsonl`,
  async run(args) {
    const { values, positionals } = optionsOf(args, OPTIONS, true);
    if ((positionals.length === 0) === (values.store !== true))
      throw new CodedError('USAGE', { reason: 'name at least one story, or --store alone' });
    const other =
      values.settings === undefined ? undefined : parseSettings(RULES, settingsIn(values.settings));
    if (values.store) {
      const { before, after } = await backtestOfStore(values, other);
      const compared = after && compareOutcomes(before, after);
      const rows = compared ?? before.map((outcome): Comparison => ({ change: 'same', outcome }));
      process.stdout.write(values.json ? jsonLines(rows, other !== undefined) : table('store', rows));
      return 0;
    }
    await using intel = await openIntel({ log: openLog('warn') });
    for (const path of positionals) {
      const story = storyIn(path, intel.lookup);
      const outcomes = backtestStory(story, parseSettings(RULES));
      const compared = other && compareOutcomes(outcomes, backtestStory(story, other));
      const rows = compared ?? outcomes.map((outcome): Comparison => ({ change: 'same', outcome }));
      process.stdout.write(values.json ? jsonLines(rows, other !== undefined) : table(path, rows));
    }
    return 0;
  },
};

const OPTIONS = {
  json: { type: 'boolean' },
  settings: { type: 'string' },
  store: { type: 'boolean' },
  contractor: { type: 'string' },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
} as const;

/** Both sides on the same evidence; `after` only where other settings were given. */
async function backtestOfStore(
  values: Readonly<Partial<Record<'contractor' | 'config' | 'data-dir', string>>>,
  other: RuleSettings | undefined,
): Promise<{ readonly before: readonly Outcome[]; readonly after?: readonly Outcome[] }> {
  const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
  const now = Date.now();
  const log = openLog('warn');
  await using store = await openStore(config.dataDir);
  const inForce = await rulingsOf({ rules: RULES, configured: configuredSettings(config), log })(store.db);
  const judging = { rules: RULES, catalog: await openCatalog(config.dataDir, log), ...inForce };
  const subjects =
    values.contractor === undefined
      ? await subjectsInTime(store.db, instant(now - LOOK_BACK))
      : await subjectsOf(store.db, values.contractor);
  const before = await backtestStored(store.db, judging, { subjects, now });
  if (!other) return { before };
  return {
    before,
    after: await backtestStored(store.db, { ...judging, settings: other }, { subjects, now }),
  };
}

function storyIn(path: string, enrich: Enrich): Story {
  const text = textIn(path);
  try {
    return parseStory(text, enrich);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw new CodedError(error.code, { file: path, ...error.context }, { cause: error });
  }
}

function settingsIn(path: string): unknown {
  const text = textIn(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CodedError('SETTINGS_INVALID', { file: path, reason: 'not JSON' }, { cause });
  }
}

function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CodedError('FILE_UNREADABLE', { file: path }, { cause });
  }
}

function jsonLines(rows: readonly Comparison[], compared: boolean): string {
  return rows
    .map(({ outcome, ...comparison }) => JSON.stringify(compared ? { ...outcome, ...comparison } : outcome))
    .map((line) => `${line}\n`)
    .join('');
}

const MARKS = { same: ' ', changed: '~', removed: '-', added: '+' } as const;

function table(path: string, rows: readonly Comparison[]): string {
  if (rows.length === 0) return `${path}: no findings\n`;
  const cells = rows.map(({ change, outcome }) => [
    MARKS[change],
    outcome.severity,
    outcome.outcome,
    outcome.rule,
    outcome.subject,
    moment(outcome.from),
    outcome.to === null ? 'going on' : moment(outcome.to),
  ]);
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.flatMap(({ outcome, with: changes }, index) => [
    (cells[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '),
    `     ${outcome.reason}`,
    ...(changes ? [`     would become ${JSON.stringify(changes)}`] : []),
  ]);
  return `${path}\n${lines.map((line) => `${line.trimEnd()}\n`).join('')}`;
}
