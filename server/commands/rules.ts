import * as z from 'zod';
import { ADVISORIES } from '../../shared/catalog/index.ts';
import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { dataDirOf } from '../config.ts';
import type { Rule } from '../detect/rule.ts';
import { RULES } from '../detect/rules/index.ts';
import { fairnessOf, fairnessText } from '../detector/fairness.ts';
import { burdens } from '../store/burdens.ts';
import { openStore } from '../store/store.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const rules: Command = {
  usage: `farhand rules
farhand rules show <id>
farhand rules fairness [--json] [--data-dir <folder>]

Without more, lists every rule with its severity, its family, the advisories that it answers and its ATT&CK techniques. \`show\` prints its advisories, techniques, settings with defaults,
how to triage it, its known false positives and blind spots, and the examples that are its tests. \`fairness\` tells auditors
how often contractors of each declared country had findings, by what is in the store; it changes nothing.

Example: farhand rules show shared-egress`,
  async run(args) {
    const { values, positionals } = optionsOf(args, OPTIONS, true);
    const [form, id, ...rest] = positionals;
    if (form === 'fairness' && id === undefined) {
      process.stdout.write(await fairnessReport(values));
      return 0;
    }
    if (form === undefined) {
      process.stdout.write(listOfRules());
      return 0;
    }
    if (form !== 'show' || id === undefined || rest.length > 0) {
      throw new CodedError('USAGE', { reason: 'expected: rules, rules show <id> or rules fairness' });
    }
    const rule = RULES.find((known) => known.id === id);
    if (!rule) throw new CodedError('USAGE', { reason: `no rule ${id}; \`farhand rules\` lists them` });
    process.stdout.write(pageOf(rule));
    return 0;
  },
};

const OPTIONS = { json: { type: 'boolean' }, 'data-dir': { type: 'string' } } as const;

function listOfRules(): string {
  const width = Math.max(...RULES.map(({ id }) => id.length));
  const lines = RULES.map(({ id, severity, family, title, advisories, attack }) => {
    const about = `${severity.padEnd(8)}  ${family.padEnd(13)}`;
    const cites = [...attack, ...advisories].join(', ');
    return `${id.padEnd(width)}  ${about}  ${title}\n${' '.repeat(width + 2)}${cites}\n`;
  });
  return lines.join('');
}

async function fairnessReport(values: {
  readonly json?: boolean | undefined;
  readonly 'data-dir'?: string | undefined;
}): Promise<string> {
  await using store = await openStore(dataDirOf(values['data-dir']));
  const rows = fairnessOf(await burdens(store.db), instant(Date.now()));
  return values.json ? `${JSON.stringify(rows)}\n` : fairnessText(rows);
}

function pageOf(rule: Rule): string {
  const { id, title, scope, family, severity, attack, watches } = rule;
  const sections = [
    `${title}\n${id}: ${severity}, family ${family}, judges each ${scope}`,
    section('Answers', rule.advisories.map(indicatorText)),
    section('ATT&CK', attack.length === 0 ? ['none covers it'] : [attack.join(', ')]),
    section('Needs', [
      watches.length === 0 ? 'no facts, only the declaration' : `facts: ${watches.join(', ')}`,
    ]),
    section('Settings', settingsOf(rule)),
    section('Triage', rule.triage),
    section('False positives', rule.falsePositives),
    section('Blind spots', rule.blindSpots),
    section('Examples', rule.examples.map(exampleText)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  - ${line}`)].join('\n');
}

function indicatorText(id: string): string {
  const advisory = ADVISORIES.find((known) => known.id === id);
  if (!advisory) return id;
  return `${id}: ${advisory.indicator} (${advisory.publisher}, ${advisory.published}; ${advisory.confidence})`;
}

function settingsOf(rule: Rule): readonly string[] {
  if (!(rule.settings instanceof z.ZodObject)) return [];
  const defaults = new Map<string, unknown>(Object.entries(z.looseObject({}).parse(rule.settings.parse({}))));
  return Object.entries(rule.settings.shape).map(([name, setting]) => {
    const description = setting instanceof z.ZodType ? (setting.description ?? '') : '';
    return `${name} = ${JSON.stringify(defaults.get(name)) ?? 'not set'}: ${description}`;
  });
}

function exampleText({ name, expect }: Rule['examples'][number]): string {
  const severities = expect.map(({ severity }) => severity ?? 'a finding').join(', ');
  return `${name}: ${expect.length === 0 ? 'clear' : severities}`;
}
