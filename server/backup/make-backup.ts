import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { CodedError, codedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { VERSION } from '../../shared/version.ts';
import { copyStore, noteCopied } from '../store/copy.ts';
import { BACKUP_MANIFEST, type Backup } from './manifest.ts';

const STORE = 'collector.sqlite';

export interface BackupOptions {
  readonly dataDir: string;
  readonly out: string;
  readonly now: number;
  readonly progress?: (step: string) => void;
}

/**
 * One zip with the store as it is at one moment, and everything else of the data folder: configuration, keys, certificates. The collector
 * may run meanwhile. The file has its name only once it is whole.
 */
export async function makeBackup({ dataDir, out, now, progress = () => {} }: BackupOptions): Promise<Backup> {
  const target = resolve(out);
  const part = `${target}.part`;
  let work: string | undefined;
  try {
    work = mkdtempSync(join(dirname(target), '.farhand-backup-'));
    const copy = join(work, STORE);
    progress('copying the store');
    const { schema } = await copyStore(dataDir, copy);
    const sources = [{ path: STORE, from: copy }, ...othersIn(dataDir, [target, part, work])];
    const total = sources.reduce((sum, { from }) => sum + statSync(from).size, 0);
    const files: Backup['files'] = [];
    const hashing = percentages('hashing', total, progress);
    for (const { path, from } of sources) files.push({ path, ...(await hashed(from, hashing)) });
    const backup: Backup = { format: 'farhand-backup.v1', version: VERSION, schema, at: instant(now), files };
    const writing = percentages('writing the backup', total, progress);
    const zip = new ZipFile();
    for (const { path, from } of sources)
      zip.addReadStreamLazy(path, { mode: 0o100600, size: statSync(from).size }, (give) =>
        give(null, counted(from, writing)),
      );
    zip.addBuffer(Buffer.from(`${JSON.stringify(backup, null, 2)}\n`), BACKUP_MANIFEST);
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(part, { mode: 0o600, flush: true }));
    renameSync(part, target);
    await noteCopied(dataDir, backup.at);
    return backup;
  } catch (error) {
    rmSync(part, { force: true });
    if (error instanceof CodedError) throw error;
    throw codedError(error, 'STORE_UNAVAILABLE');
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

/** Everything else in the folder, without what SQLite keeps beside the store. */
function othersIn(dataDir: string, without: readonly string[]) {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith(STORE) && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((from) => !without.some((path) => resolve(from).startsWith(path)) && !from.endsWith('.part'))
    .map((from) => ({ path: relative(dataDir, from).replaceAll('\\', '/'), from }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Tells what was done of it in tenths. */
function percentages(step: string, total: number, progress: (step: string) => void) {
  let done = 0;
  let told = -1;
  return (bytes: number): void => {
    done += bytes;
    const tenth = total === 0 ? 10 : Math.min(10, Math.floor((10 * done) / total));
    if (tenth === told) return;
    told = tenth;
    progress(`${step}: ${tenth * 10} %`);
  };
}

function counted(path: string, onBytes: (bytes: number) => void): Readable {
  const stream = createReadStream(path);
  return stream.on('data', (chunk) => onBytes(chunk.length));
}

export async function hashed(
  path: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    bytes += chunk.length;
    onBytes(chunk.length);
  }
  return { bytes, sha256: hash.digest('hex') };
}
