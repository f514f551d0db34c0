import { userInfo } from 'node:os';
import { CodedError } from '../../shared/errors.ts';
import { DAY, HOUR, instant } from '../../shared/time.ts';
import { pinOf, readConfig, urlFor } from '../config.ts';
import { createToken } from '../gateway/enrollment.ts';
import { appendAction } from '../store/actions.ts';
import { openStore } from '../store/store.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const token: Command = {
  name: 'token',
  summary: 'creates the string with which agents enroll',
  usage: `farhand token create [--contractor id] [--uses 1] [--expires 7d] [--config file] [--data-dir folder]

Prints one string, fh1.…, and nothing else; it is not shown again. Give it to the agent by file, stdin or environment.
  --contractor  whom the machine belongs to; without it each machine becomes an undeclared contractor of its own
  --uses        how many machines may enroll with it (1 to 100000)
  --expires     how long it is good, in hours or days, such as 12h or 7d

Example: farhand token create --contractor ada | ssh laptop farhand-agent enroll --token-file -`,
  async run([form, ...args]) {
    if (form !== 'create') throw new CodedError('USAGE', { reason: 'expected: token create' });
    const { values } = optionsOf(args, {
      contractor: { type: 'string' },
      uses: { type: 'string', default: '1' },
      expires: { type: 'string', default: '7d' },
      config: { type: 'string' },
      'data-dir': { type: 'string' },
    });
    const uses = /^\d{1,6}$/.test(values.uses) ? Number(values.uses) : 0;
    if (uses < 1 || uses > 100_000)
      throw new CodedError('USAGE', { reason: `--uses ${values.uses} is not a number from 1 to 100000` });
    const config = readConfig({
      file: values.config,
      flags: { dataDir: values['data-dir'] },
    });
    const now = Date.now();
    const expiresAt = now + durationOf(values.expires);

    await using store = await openStore(config.dataDir);
    const text = await store.db.transaction().execute(async (trx) => {
      const at = instant(now);
      await appendAction(trx, {
        at,
        actor: `os:${userInfo().username}`,
        source: 'command line',
        action: 'token.create',
        subject: values.contractor ?? '',
        detail: { uses, expires: instant(expiresAt) },
      });
      return createToken(trx, {
        url: urlFor(config),
        pin: pinOf(config),
        contractor: values.contractor,
        uses,
        expiresAt,
        at,
      });
    });
    process.stdout.write(`${text}\n`);
    return 0;
  },
};

function durationOf(text: string): number {
  const [, amount, unit] = /^(\d{1,4})([hd])$/.exec(text) ?? [];
  if (amount === undefined)
    throw new CodedError('USAGE', { reason: `--expires ${text} is not a time such as 12h or 7d` });
  return Number(amount) * (unit === 'h' ? HOUR : DAY);
}
