import { CATALOG } from '../../shared/catalog/index.ts';
import { matcherOf } from '../../shared/catalog/match.ts';
import { DEFAULT_POLICY } from '../../shared/policy.ts';
import { readConfig } from '../config.ts';
import { examine, type Finding } from '../doctor.ts';
import { systemHost } from '../host/system-host.ts';
import { PROBES } from '../probes/index.ts';
import { optionsOf } from './arguments.ts';
import type { Command } from './command.ts';
import { passingHash } from './local-state.ts';
import { paragraph, printable } from './text.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'what cannot be looked at here and why, and what can be done',
  usage: `Usage: farhand-agent doctor [--json] [--data-dir <folder>]

Looks once at everything, at its own folder and at the way to the collector. Nothing is kept or changed, and nothing is sent.
Ends with 0 when nothing is wrong, and with 1 when a check could not run or found a problem. What this system does not have is not wrong.

  --json   one finding a line
`,
  async run(args) {
    const { json, ...common } = optionsOf(args, { json: { type: 'boolean' } });
    const config = readConfig({ dataDir: common['data-dir'], logLevel: common['log-level'] });
    const host = systemHost();
    const findings = await examine({
      config,
      host,
      probes: PROBES,
      matcher: matcherOf(CATALOG, host.os),
      keyedHash: passingHash(),
      policy: DEFAULT_POLICY,
      isAdministrator: process.getuid?.() === 0,
    });
    process.stdout.write(
      json ? findings.map((finding) => `${JSON.stringify(finding)}\n`).join('') : reportOf(findings),
    );
    return findings.some(isWrong) ? 1 : 0;
  },
};

const SECTIONS = [
  ['problem', 'Ran and found a problem'],
  ['not-run', 'Could not run'],
  ['limited', 'Not to be seen here, or only in part'],
] as const;

export function reportOf(findings: readonly Finding[]): string {
  const fine = findings.filter(({ verdict }) => verdict === 'fine').map(({ check }) => check);
  const wrong = findings.filter(isWrong).length;
  const summary =
    wrong === 0 ? 'Nothing is wrong.' : `${wrong} ${wrong === 1 ? 'thing needs' : 'things need'} attention.`;
  const sections = SECTIONS.flatMap(([wanted, title]) => {
    const found = findings.filter(({ verdict }) => verdict === wanted);
    return found.length === 0 ? [] : [`${title}\n${found.map(textOf).join('')}`];
  });
  const inOrder = fine.length === 0 ? [] : [`In order\n${paragraph(fine.join(', '), '  ')}`];
  return printableLines([`${summary}\n`, ...sections, ...inOrder].join('\n'));
}

function textOf({ check, code, what, remedy }: Finding): string {
  const lines = [paragraph(`${check}: ${what}${code ? ` [${code}]` : ''}`, '  ')];
  if (remedy) lines.push(paragraph(`What helps: ${remedy}`, '    '));
  return lines.join('');
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function isWrong({ verdict }: Finding): boolean {
  return verdict === 'problem' || verdict === 'not-run';
}
