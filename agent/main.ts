#!/usr/bin/env node
import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';
import { TOKEN_PREFIX } from '../shared/enrollment.ts';
import { CodedError, codedError } from '../shared/errors.ts';
import { nearest } from '../shared/nearest.ts';
import { VERSION } from '../shared/version.ts';
import type { Command } from './commands/command.ts';
import { doctorCommand } from './commands/doctor.ts';
import { enrollCommand } from './commands/enroll.ts';
import { explainCommand } from './commands/explain.ts';
import { exportCommand } from './commands/export.ts';
import { onceCommand } from './commands/once.ts';
import { runCommand } from './commands/run.ts';
import { sentCommand } from './commands/sent.ts';
import { statusCommand } from './commands/status.ts';

const COMMANDS: readonly Command[] = [
  runCommand,
  onceCommand,
  enrollCommand,
  statusCommand,
  explainCommand,
  sentCommand,
  exportCommand,
  doctorCommand,
];

const HELP = `farhand-agent ${VERSION}: reports how this machine is reached, and nothing else.

Usage: farhand-agent <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

Every command knows --help, --data-dir <folder> and --log-level <level>.
Exit codes: 0 done, 1 failed, 2 not understood.
`;

// zod/mini has no language of its own, and to take it from `z.locales` brings all fifty.
z.config(english());

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<number> {
  // Before anything that would repeat an argument in its complaint.
  if (process.argv.slice(2).some(holdsToken)) return complainOf(new CodedError('TOKEN_IN_ARGUMENTS'));
  if (name === '--version') return print(`${VERSION}\n`);
  if (name === undefined || name === '--help' || name === 'help')
    return print(HELP, name === undefined ? 2 : 0);
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) return complain(`Unknown command ${name}. ${suggestion(name)}`, 2);
  if (args.includes('--help')) return print(command.usage);
  try {
    return await command.run(args);
  } catch (error) {
    return complainOf(codedError(error));
  }
}

/** A whole token, not a file that is called like one. */
function holdsToken(argument: string): boolean {
  const [, rest = ''] = argument.split(TOKEN_PREFIX);
  return /^[\w-]{40}/.test(rest) || argument === '--token' || argument.startsWith('--token=');
}

function complainOf({ code, context, kind }: CodedError): number {
  const facts = Object.entries(context).map(([fact, value]) => `${fact}: ${String(value)}`);
  return complain(`${code}: ${[...facts, kind.hint].join('. ')}`, code === 'USAGE' ? 2 : 1);
}

function suggestion(name: string): string {
  const near = nearest(
    name,
    COMMANDS.map((command) => command.name),
  );
  return near ? `Did you mean ${near}? See --help.` : 'See --help.';
}

function print(text: string, exitCode = 0): number {
  process.stdout.write(text);
  return exitCode;
}

function complain(line: string, exitCode: number): number {
  process.stderr.write(`${line.replaceAll(/\s*[\r\n]+\s*/g, ' ')}\n`);
  return exitCode;
}
