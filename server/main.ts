import * as z from 'zod/mini';
import { codedError, ERRORS } from '../shared/errors.ts';
import { VERSION } from '../shared/version.ts';
import type { Command } from './commands/command.ts';

interface Listed {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  load(): Promise<Command>;
}

/** Each is loaded when it is called: the whole collector takes a second to load. */
const COMMANDS: readonly Listed[] = [
  {
    name: 'start',
    summary: 'tries Farhand out: a collector on loopback, watching this machine',
    load: async () => (await import('./commands/start.ts')).start,
  },
  {
    name: 'init',
    summary: 'makes a certificate authority, a certificate and a configuration to start with',
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    name: 'serve',
    summary: 'runs the collector until it is told to stop',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    name: 'token',
    summary: 'creates the string with which agents enroll; lists and revokes such tokens',
    load: async () => (await import('./commands/token.ts')).token,
  },
  {
    name: 'endpoint',
    summary: 'lists enrolled machines, and revokes one',
    load: async () => (await import('./commands/endpoint.ts')).endpoint,
  },
  {
    name: 'import',
    summary: 'takes in what an endpoint without a network exported',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'roster',
    summary: 'import contractors and what they declared',
    load: async () => (await import('./commands/roster.ts')).roster,
  },
  {
    name: 'user',
    summary: 'creates a one-time link that signs somebody in',
    load: async () => (await import('./commands/user.ts')).user,
  },
  {
    name: 'rules',
    summary: 'lists the rules, or prints what one of them looks for and how it errs',
    load: async () => (await import('./commands/rules.ts')).rules,
  },
  {
    name: 'proposal',
    summary: 'asks for exceptions and settings of rules, shows what they would do, and decides on them',
    load: async () => (await import('./commands/proposal.ts')).proposal,
  },
  {
    name: 'catalog',
    summary: 'adds remote-access products from the public LOLRMM list',
    load: async () => (await import('./commands/catalog.ts')).catalog,
  },
  {
    name: 'intel',
    summary: 'explains what an address tells: place, radius, network, class, each with its source',
    load: async () => (await import('./commands/intel.ts')).intel,
  },
  {
    name: 'hold',
    summary: 'keeps a contractor or a case from being purged, until two people release it',
    load: async () => (await import('./commands/hold.ts')).hold,
  },
  {
    name: 'purge',
    summary: 'removes what is older than it is to be kept; --dry-run only counts',
    load: async () => (await import('./commands/purge.ts')).purgeCommand,
  },
  {
    name: 'contractor',
    summary: 'writes down everything held about one person, or erases it when two people say so',
    load: async () => (await import('./commands/contractor.ts')).contractor,
  },
  {
    name: 'backup',
    summary: 'writes store, configuration and keys into one file, while the collector runs',
    load: async () => (await import('./commands/backup.ts')).backup,
  },
  {
    name: 'restore',
    summary: 'unpacks a backup into an empty folder, every hash checked',
    load: async () => (await import('./commands/restore.ts')).restore,
  },
  {
    name: 'doctor',
    summary: 'checks store, chains, signatures, clocks, disk, certificate and reference data',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'backtest',
    summary: 'judges stories by the rules, and shows what other settings would change',
    load: async () => (await import('./commands/backtest.ts')).backtest,
  },
  {
    name: 'export',
    summary: 'writes a signed audit pack of a range of days',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  {
    name: 'schedule',
    summary: 'has audit packs written by the clock',
    load: async () => (await import('./commands/schedule.ts')).schedule,
  },
  {
    name: 'verify',
    summary: 'checks an audit pack offline: signatures, seals, chains, counts',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  {
    name: 'key',
    summary: 'shows the fingerprint of the key that signs packs, and rotates it',
    load: async () => (await import('./commands/key.ts')).key,
  },
];

// zod/mini has no language of its own.
z.config(z.locales.en());

process.exitCode = await main(process.argv.slice(2));

/** 0 done, 1 failed, 2 the words of the call are off. */
async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--version') return print(VERSION);
  if (name === undefined || name === '--help' || name === 'help') return print(help());
  const listed = COMMANDS.find((known) => known.name === name);
  if (!listed) {
    process.stderr.write(`There is no command ${name}.\n\n${help()}\n`);
    return 2;
  }
  const command = await listed.load();
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
