import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { CodedError } from '../shared/errors.ts';
import { exportEnd, exportHeader, exportText } from '../shared/export-file.ts';
import { batchFrame, type SealedBatch } from '../shared/frames.ts';
import { instant } from '../shared/time.ts';
import { VERSION } from '../shared/version.ts';
import type { Identity } from './identity.ts';

export interface Exported {
  readonly batches: number;
  readonly bytes: number;
}

/** Writes sealed batches into a new file, whole or not at all. Throws FILE_EXISTS or EXPORT_FAILED. */
export function writeExport(
  path: string,
  {
    identity,
    batches,
    now,
  }: { readonly identity: Identity; readonly batches: Iterable<SealedBatch>; readonly now: number },
): Exported {
  reserve(path);
  const part = `${path}.part`;
  try {
    const written = writePart(part, { identity, batches, now });
    renameSync(part, path);
    return written;
  } catch (cause) {
    rmSync(part, { force: true });
    rmSync(path, { force: true });
    throw failed(path, cause);
  }
}

function writePart(
  path: string,
  {
    identity,
    batches,
    now,
  }: { readonly identity: Identity; readonly batches: Iterable<SealedBatch>; readonly now: number },
): Exported {
  const fd = openSync(path, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let [count, bytes] = [0, 0];
    const write = (lines: string): void => {
      hash.update(lines);
      bytes += writeWhole(fd, lines);
    };
    const { endpoint, publicKey } = identity;
    write(
      `${JSON.stringify(exportHeader({ endpoint, publicKey, agent: VERSION, exportedAt: instant(now) }))}\n`,
    );
    for (const batch of batches) {
      write(`${batchFrame(batch)}\n`);
      count += 1;
    }
    const sha256 = hash.digest('base64url');
    const end = exportEnd({ batches: count, sha256, signature: identity.sign(exportText(sha256)) });
    bytes += writeWhole(fd, `${JSON.stringify(end)}\n`);
    fsyncSync(fd);
    return { batches: count, bytes };
  } finally {
    closeSync(fd);
  }
}

/** A disk with little room takes a part of what it is given, and refuses the rest at the next call. */
function writeWhole(fd: number, text: string): number {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += writeSync(fd, bytes, at));
  return bytes.length;
}

/** Takes the name: whatever is there already stays as it is. */
function reserve(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw exists ? new CodedError('FILE_EXISTS', { file: path }, { cause }) : failed(path, cause);
  }
}

function failed(path: string, cause: unknown): CodedError {
  if (cause instanceof CodedError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CodedError('EXPORT_FAILED', { file: path, reason }, { cause });
}
