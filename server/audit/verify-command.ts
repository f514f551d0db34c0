import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CodedError } from '../../shared/errors.ts';
import { terminalProgress } from './progress.ts';
import { fingerprintIn, verdictText } from './report.ts';
import { OUTCOMES } from './verdict.ts';
import { verifyPack } from './verify.ts';

export const VERIFY_USAGE = `farhand verify <pack.zip> [--key file|fingerprint] [--anchor file] [--json]

Checks an audit pack by itself, without a collector and without a network: signatures, the hash, size and count of every file, every
sealed batch and its place in its chain, the action log, and the signed roots of days.
  --key     who has to have signed it: the fingerprint that "farhand key show" printed, or a file with it
  --anchor  a file to which the collector wrote the roots of days as they ended
  --json    the verdict as JSON

Ends with 0 verified, 1 tampered (it says what and where), 2 incomplete, 3 unreadable.

Example: farhand verify farhand-2026-q1.zip --key "1f0c9a52 …"`;

/** What `farhand verify` and the file that stands alone do. Gives the exit code; throws USAGE. */
export async function verifyCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = optionsOf(args);
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new CodedError('USAGE', { reason: 'name one pack' });
  const progress = terminalProgress();
  const verdict = await verifyPack({
    path,
    fingerprint: values.key === undefined ? undefined : keyIn(values.key),
    anchor: values.anchor === undefined ? undefined : anchorIn(values.anchor),
    onProgress: ({ file, bytes }) => progress.tell(`${(bytes / 1e6).toFixed(0)} MB  ${file}`),
  });
  progress.end();
  process.stdout.write(values.json ? `${JSON.stringify(verdict, null, 2)}\n` : verdictText(verdict));
  return OUTCOMES.indexOf(verdict.outcome);
}

function optionsOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        key: { type: 'string' },
        anchor: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
      strict: true,
      allowPositionals: true,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('USAGE', { reason }, { cause });
  }
}

function keyIn(text: string): string {
  const found = fingerprintIn(existsSync(text) ? readFileSync(text, 'utf8') : text);
  if (found === undefined)
    throw new CodedError('USAGE', {
      reason: '--key is neither a fingerprint of 64 hex digits nor a file with one',
    });
  return found;
}

function anchorIn(path: string): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return new Map(
      lines.map((line) => {
        const { day, hash }: { day: unknown; hash: unknown } = JSON.parse(line);
        return [String(day), String(hash)];
      }),
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('USAGE', { reason: `--anchor ${path}: ${reason}` }, { cause });
  }
}
