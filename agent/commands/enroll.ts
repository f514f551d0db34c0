import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { CodedError } from '../../shared/errors.ts';
import { enrollmentTokenOf, readConfig } from '../config.ts';
import { enroll } from '../enroll.ts';
import { optionsOf } from './arguments.ts';
import type { Command } from './command.ts';

export const enrollCommand: Command = {
  name: 'enroll',
  summary: 'make this machine known to a collector, with a token',
  usage: `Usage: farhand-agent enroll --token-file <path>     the token is in a file
       farhand-agent enroll --token-file -          the token comes on standard input
       FARHAND_ENROLLMENT_TOKEN=… farhand-agent enroll

The token is never taken as an argument, where every user of the machine could read it.
  --data-dir <folder>   where the identity is kept
`,
  async run(args) {
    const values = optionsOf(args, { 'token-file': { type: 'string' } });
    const { dataDir } = readConfig({ dataDir: values['data-dir'], logLevel: values['log-level'] });
    const endpoint = await enroll(await tokenFrom(values['token-file']), dataDir);
    process.stdout.write(`Enrolled as ${endpoint}.\n`);
    return 0;
  },
};

async function tokenFrom(path: string | undefined): Promise<string> {
  if (path === '-') return text(process.stdin);
  if (path === undefined) {
    const token = enrollmentTokenOf();
    if (token) return token;
    throw new CodedError('USAGE', { reason: 'a token is needed: --token-file or FARHAND_ENROLLMENT_TOKEN' });
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CodedError('FILE_UNREADABLE', { path }, { cause });
  }
}
