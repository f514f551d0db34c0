import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { CodedError } from '../../shared/errors.ts';
import { SEAL_LENGTH } from '../../shared/pack.ts';

export interface Part {
  readonly path: string;
  /** Asked for when its turn comes: after all parts before it were written. */
  readonly content: () => AsyncIterable<string | Buffer>;
}

export interface Archive {
  readonly parts: readonly Part[];
  readonly at: Date;
  /** Gives the comment of the zip for the SHA-256 of every byte before it. */
  readonly seal: (sha256: string) => string;
  readonly signal?: AbortSignal | undefined;
}

/** JSON packs well at once: higher levels take thrice the time for a tenth less. */
const OPTIONS = { forceDosTimestamp: true, compressionLevel: 3, mode: 0o100644 };
/** Streams cost by the piece. */
const PIECE = 64 * 1024;

/**
 * Streams a sealed zip to a temporary name beside `path`, flushes it to the disk and renames it. Whatever goes wrong, nothing is left.
 * Throws PACK_DISK_FULL or PACK_UNWRITABLE.
 */
export async function writeArchive(path: string, { parts, at, seal, signal }: Archive): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  const zip = new ZipFile();
  const output = new Readable().wrap(zip.outputStream);
  /** What is being read now. */
  let source: Readable | undefined;
  zip.on('error', (error: Error) => output.destroy(error));
  for (const { path: name, content } of parts)
    zip.addReadStreamLazy(name, { ...OPTIONS, mtime: at }, (take) => {
      if (output.destroyed) return;
      source = Readable.from(pieces(content()), { objectMode: false });
      source.on('error', (error) => output.destroy(error));
      take(null, source);
    });
  zip.end({ forceZip64Format: false, comment: ' '.repeat(SEAL_LENGTH) });
  try {
    const file = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(output, sealing(seal), file, signal ? { signal } : {});
    await rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (cause) {
    output.destroy();
    await ended(source);
    await rm(temporary, { force: true });
    throw unwritable(path, cause);
  }
}

/** Whoever wrote the content has let go of what it reads. */
async function ended(source: Readable | undefined): Promise<void> {
  if (!source || source.closed) return;
  const closed = once(source, 'close');
  source.destroy();
  await closed;
}

async function* pieces(content: AsyncIterable<string | Buffer>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let size = 0;
  for await (const one of content) {
    const bytes = typeof one === 'string' ? Buffer.from(one) : one;
    gathered.push(bytes);
    size += bytes.length;
    if (size < PIECE) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(gathered);
}

/** Puts the seal where blanks of its length stand at the end. */
function sealing(seal: (sha256: string) => string): Transform {
  const hash = createHash('sha256');
  let held = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const all = Buffer.concat([held, chunk]);
      const ready = all.subarray(0, Math.max(0, all.length - SEAL_LENGTH));
      held = Buffer.from(all.subarray(ready.length));
      hash.update(ready);
      done(null, ready);
    },
    flush(done) {
      done(null, seal(hash.digest('base64url')));
    },
  });
}

/** So that the name survives a power cut as well. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function unwritable(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return new CodedError('PACK_DISK_FULL', { path }, { cause });
  if (cause instanceof CodedError || !/^E[A-Z]+$/.test(code)) return cause;
  return new CodedError('PACK_UNWRITABLE', { path, reason: code }, { cause });
}
