import * as z from 'zod/mini';
import { codedError, ERRORS } from '../../shared/errors.ts';
import { VERIFY_USAGE, verifyCommand } from './verify-command.ts';

const UNREADABLE = 3;
/** As programs say by convention (sysexits.h) that they were called wrongly: 2 would read as incomplete. */
const USAGE = 64;

// The verifier as a program of its own: `npm run build` makes one file of it that needs nothing but Node.
z.config(z.locales.en());

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args.includes('--help')) {
    process.stdout.write(`${VERIFY_USAGE.replaceAll('farhand verify', 'node farhand-verify.mjs')}\n`);
    return args.length === 0 ? UNREADABLE : 0;
  }
  try {
    return await verifyCommand(args);
  } catch (thrown) {
    const error = codedError(thrown);
    process.stderr.write(`${error.message}\n`);
    return ERRORS[error.code] === ERRORS.USAGE ? USAGE : UNREADABLE;
  }
}
