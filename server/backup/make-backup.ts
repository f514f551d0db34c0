import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { CodedError, codedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { VERSION } from '../../shared/version.ts';
import { copyStore } from '../store/copy.ts';
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
    const files: Backup['files'] = [];
    for (const { path, from } of sources) {
      progress(`hashing ${path}`);
      files.push({ path, ...(await hashed(from)) });
    }
    const backup: Backup = { format: 'farhand-backup.v1', version: VERSION, schema, at: instant(now), files };
    progress('writing the backup');
    const zip = new ZipFile();
    for (const { path, from } of sources) zip.addFile(from, path, { mode: 0o100600 });
    zip.addBuffer(Buffer.from(`${JSON.stringify(backup, null, 2)}\n`), BACKUP_MANIFEST);
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(part, { mode: 0o600, flush: true }));
    renameSync(part, target);
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

export async function hashed(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
