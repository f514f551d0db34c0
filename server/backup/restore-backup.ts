import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type Entry, open, type ZipFile } from 'yauzl';
import * as z from 'zod/mini';
import { CodedError } from '../../shared/errors.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { hashed } from './make-backup.ts';
import { BACKUP_MANIFEST, type Backup, backupSchema } from './manifest.ts';

const MOST_ENTRIES = 1_001;
const MOST_MANIFEST = 1_000_000;

export interface RestoreOptions {
  readonly from: string;
  readonly dataDir: string;
  readonly progress?: (step: string) => void;
}

/**
 * Unpacks a backup into an empty or new folder, which has its name only once every hash was checked. Throws FOLDER_NOT_EMPTY,
 * BACKUP_INVALID or STORE_NEWER.
 */
export async function restoreBackup({ from, dataDir, progress = () => {} }: RestoreOptions): Promise<Backup> {
  const target = resolve(dataDir);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new CodedError('FOLDER_NOT_EMPTY', { folder: target });
  const work = `${target}.restoring`;
  mkdirSync(dirname(target), { recursive: true });
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { mode: 0o700 });
  try {
    const zip = await openZip(from);
    const entries = await entriesOf(zip);
    const backup = await manifestOf(zip, entries.get(BACKUP_MANIFEST));
    if (backup.schema > MIGRATIONS.length)
      throw new CodedError('STORE_NEWER', { found: backup.schema, known: MIGRATIONS.length });
    for (const file of backup.files) {
      progress(`unpacking ${file.path}`);
      const entry = entries.get(file.path);
      if (!entry) throw new CodedError('BACKUP_INVALID', { missing: file.path });
      const to = join(work, file.path);
      mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
      await unpack(zip, { entry, to, most: file.bytes });
      const found = await hashed(to);
      if (found.bytes !== file.bytes || found.sha256 !== file.sha256)
        throw new CodedError('BACKUP_INVALID', { changed: file.path });
    }
    zip.close();
    if (existsSync(target)) rmdirSync(target);
    renameSync(work, target);
    return backup;
  } catch (cause) {
    rmSync(work, { recursive: true, force: true });
    if (cause instanceof CodedError) throw cause;
    throw new CodedError('BACKUP_INVALID', { file: from, reason: reasonOf(cause) }, { cause });
  }
}

async function openZip(path: string): Promise<ZipFile> {
  const opened = promisify<string, object, ZipFile>((file, options, done) =>
    open(file, options, (error, zip) => done(error, zip)),
  );
  return opened(path, { lazyEntries: true, autoClose: false });
}

function entriesOf(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  return new Promise((done, failed) => {
    const entries = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      if (entries.size > MOST_ENTRIES) failed(new CodedError('BACKUP_INVALID', { reason: 'too many files' }));
      else zip.readEntry();
    });
    zip.once('end', () => done(entries));
    zip.once('error', failed);
    zip.readEntry();
  });
}

function streamOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((done, failed) => {
    zip.openReadStream(entry, (error, stream) => (stream ? done(stream) : failed(error)));
  });
}

async function manifestOf(zip: ZipFile, entry: Entry | undefined): Promise<Backup> {
  if (!entry || entry.uncompressedSize > MOST_MANIFEST)
    throw new CodedError('BACKUP_INVALID', { missing: BACKUP_MANIFEST });
  const chunks: Buffer[] = [];
  for await (const chunk of await streamOf(zip, entry)) chunks.push(Buffer.from(chunk));
  return z.parse(backupSchema, JSON.parse(Buffer.concat(chunks).toString()));
}

async function unpack(
  zip: ZipFile,
  { entry, to, most }: { readonly entry: Entry; readonly to: string; readonly most: number },
): Promise<void> {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > most) done(new CodedError('BACKUP_INVALID', { larger: entry.fileName }));
      else done(null, chunk);
    },
  });
  await pipeline(await streamOf(zip, entry), limit, createWriteStream(to, { mode: 0o600, flush: true }));
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
