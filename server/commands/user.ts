import { CodedError } from '../../shared/errors.ts';
import { instant, MINUTE } from '../../shared/time.ts';
import { readConfig, urlFor } from '../config.ts';
import { createSignInLink } from '../store/accounts.ts';
import { appendAction } from '../store/actions.ts';
import { openStore } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

const GOOD_FOR = 30 * MINUTE;

export const user: Command = {
  usage: `farhand user link [--account name] [--config file] [--data-dir folder] [--port number]

Prints a link that is good once, for 30 minutes. Whoever opens it is signed in to the console as this account.

Example: farhand user link --account ada`,
  async run([form, ...args]) {
    if (form !== 'link') throw new CodedError('USAGE', { reason: 'expected: user link' });
    const { values } = optionsOf(args, {
      account: { type: 'string', default: 'admin' },
      config: { type: 'string' },
      'data-dir': { type: 'string' },
      port: { type: 'string' },
    });
    const config = readConfig({
      file: values.config,
      flags: { dataDir: values['data-dir'], port: values.port },
    });
    await using store = await openStore(config.dataDir);
    const at = Date.now();
    const token = await store.db.transaction().execute(async (trx) => {
      await appendAction(trx, {
        ...commandLine(),
        at: instant(at),
        action: 'user.link',
        subject: values.account,
        detail: {},
      });
      return createSignInLink(trx, { account: values.account, expiresAt: instant(at + GOOD_FOR) });
    });
    process.stdout.write(`${urlFor(config)}/sign-in#${token}\n`);
    return 0;
  },
};
