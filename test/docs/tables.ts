import { z } from 'zod';
import { PROBES } from '../../agent/probes/index.ts';
import { configSchema } from '../../server/config.ts';
import { advisoryCoverage } from '../../server/detect/advisory-coverage.ts';
import { RULES } from '../../server/detect/rules/index.ts';
import { ERRORS } from '../../shared/errors.ts';
import { answerRows } from './answers.ts';
import { factRows } from './fact-rows.ts';
import { rosterRows } from './roster-rows.ts';

/** A table of a README that is written from the code, between `<!-- generated:name -->` and `<!-- /generated -->`. */
export interface Table {
  readonly name: string;
  /** Path from the top of the repository. */
  readonly file: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export const TABLES: readonly Table[] = [
  {
    name: 'rules',
    file: 'server/README.md',
    heads: ['Rule', 'What it sees', 'Severity', 'Judges', 'ATT&CK'],
    rows: RULES.map(({ id, title, severity, scope, attack }) => [
      `\`${id}\``,
      title,
      severity,
      scope,
      attack.join(', '),
    ]),
  },
  {
    name: 'coverage',
    file: 'server/README.md',
    heads: ['Indicator', 'What it says', 'Rules, or why none'],
    rows: advisoryCoverage().map(({ id, publisher, published, indicator, rules, reason }) => [
      `\`${id}\``,
      `${indicator} (${publisher}, ${published})`,
      rules.map((rule) => `\`${rule}\``).join(', ') || (reason ?? ''),
    ]),
  },
  {
    name: 'roster',
    file: 'server/README.md',
    heads: ['Column', 'In JSON', 'What it says'],
    rows: rosterRows(),
  },
  {
    name: 'config',
    file: 'server/README.md',
    heads: ['Key', 'Default', 'What it is'],
    rows: Object.entries(
      z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }).properties ?? {},
    ).map(([key, schema]) =>
      typeof schema === 'object'
        ? [`\`${key}\``, defaultOf(schema.default), schema.description ?? '']
        : [key, '', ''],
    ),
  },
  {
    name: 'errors',
    file: 'server/README.md',
    heads: ['Code', 'HTTP', 'WebSocket', 'Log', 'Trying again', 'What to do'],
    rows: Object.entries(ERRORS).map(([code, { http, close, level, retry, hint }]) => [
      `\`${code}\``,
      http,
      close,
      level,
      retry ? 'can help' : 'does not help',
      hint,
    ]),
  },
  {
    name: 'probes',
    file: 'agent/README.md',
    heads: ['Probe', 'Every', 'Reads', 'Never'],
    rows: PROBES.map(({ name, everySeconds, reads, never }) => [
      `\`${name}\``,
      `${everySeconds} s`,
      reads,
      never,
    ]),
  },
  {
    name: 'answers',
    file: 'shared/README.md',
    heads: ['Code', 'HTTP or close', 'The client must', 'Why'],
    rows: answerRows(),
  },
  {
    name: 'facts',
    file: 'shared/README.md',
    heads: ['Kind', 'Identity', 'Carries'],
    rows: factRows(),
  },
];

function defaultOf(value: unknown): string {
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``;
}
