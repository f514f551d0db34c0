import * as z from 'zod/mini';
import { codedError, ERRORS } from '../shared/errors.ts';
import { VERSION } from '../shared/version.ts';
import { backtest } from './commands/backtest.ts';
import { catalog } from './commands/catalog.ts';
import type { Command } from './commands/command.ts';
import { endpoint } from './commands/endpoint.ts';
import { importCommand } from './commands/import.ts';
import { init } from './commands/init.ts';
import { intel } from './commands/intel.ts';
import { proposal } from './commands/proposal.ts';
import { roster } from './commands/roster.ts';
import { rules } from './commands/rules.ts';
import { serve } from './commands/serve.ts';
import { start } from './commands/start.ts';
import { token } from './commands/token.ts';
import { user } from './commands/user.ts';

const COMMANDS: readonly Command[] = [
  start,
  init,
  serve,
  token,
  endpoint,
  importCommand,
  roster,
  user,
  rules,
  proposal,
  catalog,
  intel,
  backtest,
];

// zod/mini has no language of its own.
z.config(z.locales.en());

process.exitCode = await main(process.argv.slice(2));

/** 0 done, 1 failed, 2 the words of the call are off. */
async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--version') return print(VERSION);
  if (name === undefined || name === '--help' || name === 'help') return print(help());
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) {
    process.stderr.write(`There is no command ${name}.\n\n${help()}\n`);
    return 2;
  }
  if (args.includes('--help')) return print(command.usage);
  try {
    return await command.run(args);
  } catch (thrown) {
    const error = codedError(thrown);
    process.stderr.write(`${error.message}\n`);
    if (error.code === 'INTERNAL')
      process.stderr.write(`${error.cause instanceof Error ? error.cause.stack : ''}\n`);
    if (error.code === 'USAGE') process.stderr.write(`\n${command.usage}\n`);
    return ERRORS[error.code] === ERRORS.USAGE ? 2 : 1;
  }
}

function help(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return ['farhand <command> [options]', '', ...lines, '', 'farhand <command> --help tells more.'].join('\n');
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
