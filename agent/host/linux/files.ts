import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  statSync,
} from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../shared/errors.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ENTRIES = 20_000;

/**
 * Bounded reads below one root. What is not there is `undefined`; a missing right is PROBE_DENIED; more than the bound is
 * PROBE_FAILED, because half a file would look as if the rest had ended.
 *
 * Files of the kernel and of /etc, /run and /var are read at once, as that costs a tenth of what the thread pool does. What can
 * hang does go through it: a command line, whose process may be stuck, and paths that may lie on a network.
 */
export interface Files {
  bytes(path: string): Promise<Buffer | undefined>;
  text(path: string): Promise<string | undefined>;
  /** The lines before the first that `isEnd` knows. Line by line, as the kernel makes only what is asked for. */
  linesBefore(path: string, isEnd: IsEnd): Promise<readonly string[] | undefined>;
  /** The first bytes of a file that may hang, or whose rest must not be read. */
  head(path: string, maxBytes: number): Promise<string | undefined>;
  /** The last bytes of a file that only grows, and where in it they begin. */
  tail(path: string, maxBytes: number): Promise<Tail | undefined>;
  size(path: string): Promise<number | undefined>;
  list(path: string): Promise<readonly string[] | undefined>;
  /** Where a symbolic link points, unresolved; undefined for anything else. */
  link(path: string): Promise<string | undefined>;
  /** True as well for what is there and may not be opened. */
  exists(path: string): Promise<boolean>;
  /** The same for a path that may lie on a network; false as well where it cannot be asked. */
  existsAfar(path: string): Promise<boolean>;
  /** Time of the last change, in milliseconds. */
  changedAt(path: string): Promise<number | undefined>;
}

type IsEnd = (line: string, index: number) => boolean;

export interface Tail {
  readonly bytes: Buffer;
  readonly start: number;
}

export function filesUnder(root: string): Files {
  const at = (path: string): string => (root === '/' ? path : join(root, path));
  return {
    bytes: (path) => orMissing(path, () => wholeOf(at(path))),
    text: (path) => orMissing(path, () => wholeOf(at(path)).toString('utf8')),
    linesBefore: (path, isEnd) => orMissing(path, () => linesBefore(at(path), isEnd)),
    head: (path, maxBytes) => orMissing(path, () => headOf(at(path), maxBytes)),
    tail: (path, maxBytes) => orMissing(path, () => tailOf(at(path), maxBytes)),
    size: (path) => orMissing(path, () => statSync(at(path)).size),
    list: (path) =>
      orMissing(path, () => {
        const names = readdirSync(at(path));
        if (names.length > MAX_ENTRIES) throw tooLarge(path);
        return names;
      }),
    link: (path) => orMissing(path, () => readlinkSync(at(path))),
    async exists(path) {
      return (await orMissing(path, () => accessSync(at(path)) ?? true)) ?? false;
    },
    existsAfar: (path) =>
      access(at(path)).then(
        () => true,
        () => false,
      ),
    changedAt: (path) => orMissing(path, async () => (await stat(at(path))).mtimeMs),
  };
}

/** Without O_NONBLOCK, opening a named pipe would wait for its writer. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;
const chunk = Buffer.alloc(64 * 1024);

/** Files of the kernel have no size, and give what they have in pieces. */
function wholeOf(path: string): Buffer {
  const file = openSync(path, READ);
  try {
    const parts: Buffer[] = [];
    for (let total = 0; ; ) {
      const count = readSync(file, chunk);
      if (count === 0) return Buffer.concat(parts);
      total += count;
      if (total > MAX_BYTES) throw tooLarge(path);
      parts.push(Buffer.from(chunk.subarray(0, count)));
    }
  } finally {
    closeSync(file);
  }
}

/** What a line of a table under /proc/net takes: a shorter one would need two reads, in a longer one more lines are made. */
const line = Buffer.alloc(150);

function linesBefore(path: string, isEnd: IsEnd): readonly string[] {
  const file = openSync(path, READ);
  try {
    const lines: string[] = [];
    let rest = '';
    for (let total = 0; ; ) {
      const count = readSync(file, line);
      const parts = (rest + line.toString('latin1', 0, count)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of count === 0 && rest ? [rest] : parts) {
        if (isEnd(part, lines.length)) return lines;
        lines.push(part);
      }
      total += count;
      if (total > MAX_BYTES) throw tooLarge(path);
      if (count === 0) return lines;
    }
  } finally {
    closeSync(file);
  }
}

async function headOf(path: string, maxBytes: number): Promise<string> {
  const file = await open(path, READ);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function tailOf(path: string, maxBytes: number): Promise<Tail> {
  const file = await open(path, READ);
  try {
    const start = Math.max(0, (await file.stat()).size - maxBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, start);
    return { bytes: buffer.subarray(0, bytesRead), start };
  } finally {
    await file.close();
  }
}

function tooLarge(path: string): CodedError {
  return new CodedError('PROBE_FAILED', { path, reason: 'too large' });
}

const MISSING = new Set(['ENOENT', 'ENOTDIR', 'ESRCH', 'EINVAL', 'ENODEV', 'ENXIO', 'ELOOP']);
const DENIED = new Set(['EACCES', 'EPERM']);

async function orMissing<T>(path: string, read: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof CodedError) throw thrown;
    const code = codeOf(thrown);
    if (MISSING.has(code)) return undefined;
    throw new CodedError(
      DENIED.has(code) ? 'PROBE_DENIED' : 'PROBE_FAILED',
      { path, reason: code },
      { cause: thrown },
    );
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
}

/** The answer of `read`, or undefined where a right is missing: for what an ordinary account does without. */
export async function ifAllowed<T>(read: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read;
  } catch (thrown) {
    if (thrown instanceof CodedError && thrown.code === 'PROBE_DENIED') return undefined;
    throw thrown;
  }
}
