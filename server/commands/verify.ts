import { codedError } from '../../shared/errors.ts';
import { VERIFY_USAGE, verifyCommand } from '../audit/verify-command.ts';
import type { Command } from './command.ts';

export const verify: Command = {
  usage: VERIFY_USAGE,
  async run(args) {
    try {
      return await verifyCommand(args);
    } catch (thrown) {
      // 1 and 2 say something about a pack, so mistakes of the call get another number.
      const error = codedError(thrown);
      process.stderr.write(`${error.message}\n\n${VERIFY_USAGE}\n`);
      return error.code === 'USAGE' ? 64 : 3;
    }
  },
};
