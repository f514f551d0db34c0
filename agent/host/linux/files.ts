import { constants } from 'node:fs';
import { access, type FileHandle, open, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../shared/errors.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ENTRIES = 20_000;

/**
 * Bounded reads below one root. What is not there is `undefined`; a missing right is PROBE_DENIED; more than the bound is
 * PROBE_FAILED, because half a file would look as if the rest had ended.
 */
export interface Files {
  bytes(path: string): Promise<Buffer | undefined>;
  text(path: string): Promise<string | undefined>;
  /** The first bytes of a file, for those whose rest must not be read. */
  head(path: string, maxBytes: number): Promise<string | undefined>;
  list(path: string): Promise<readonly string[] | undefined>;
  /** Where a symbolic link points, unresolved; undefined for anything else. */
  link(path: string): Promise<string | undefined>;
  /** True as well for what is there and may not be opened. */
  exists(path: string): Promise<boolean>;
  /** Time of the last change, in milliseconds. */
  changedAt(path: string): Promise<number | undefined>;
}

export function filesUnder(root: string): Files {
  const at = (path: string): string => (root === '/' ? path : join(root, path));
  return {
    async bytes(path) {
      return orMissing(path, async () => {
        const found = await prefixOf(at(path), MAX_BYTES + 1);
        if (found.length > MAX_BYTES)
          throw new CodedError('PROBE_FAILED', { path, reason: 'file too large' });
        return found;
      });
    },
    async text(path) {
      return (await this.bytes(path))?.toString('utf8');
    },
    head: (path, maxBytes) =>
      orMissing(path, async () => (await prefixOf(at(path), maxBytes)).toString('utf8')),
    list: (path) =>
      orMissing(path, async () => {
        const names = await readdir(at(path));
        if (names.length > MAX_ENTRIES)
          throw new CodedError('PROBE_FAILED', { path, reason: 'folder too large' });
        return names;
      }),
    link: (path) => orMissing(path, () => readlink(at(path))),
    async exists(path) {
      return (await orMissing(path, () => access(at(path)).then(() => true))) ?? false;
    },
    changedAt: (path) => orMissing(path, async () => (await stat(at(path))).mtimeMs),
  };
}

/** Without O_NONBLOCK, opening a named pipe would wait for its writer. */
async function prefixOf(path: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await readUpTo(file, maxBytes);
  } finally {
    await file.close();
  }
}

/** Files of the kernel have no size, and give what they have in pieces. */
async function readUpTo(file: FileHandle, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let total = 0;
  while (total < maxBytes) {
    const buffer = Buffer.allocUnsafe(Math.min(64 * 1024, maxBytes - total));
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    parts.push(buffer.subarray(0, bytesRead));
    total += bytesRead;
  }
  return Buffer.concat(parts);
}

const MISSING = new Set(['ENOENT', 'ENOTDIR', 'ESRCH', 'EINVAL', 'ENODEV', 'ENXIO', 'ELOOP']);
const DENIED = new Set(['EACCES', 'EPERM']);

async function orMissing<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
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
