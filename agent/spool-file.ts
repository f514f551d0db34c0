import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../shared/errors.ts';

/** Everything that the agent must not forget; one row per sealed batch, kept as the ledger once it was delivered. */
const SCHEMA = `
  create table spool (
    id integer primary key check (id = 1),
    endpoint text not null,
    epoch text not null,
    next integer not null,
    head text not null,
    alive text
  ) strict;
  create table unsealed (seq integer primary key, body text not null, bytes integer not null) strict;
  create table batches (
    id integer primary key,
    epoch text not null,
    first integer not null,
    last integer not null,
    bytes integer not null,
    header text not null,
    payload text not null,
    fate text not null check (fate in ('waiting', 'delivered', 'superseded')),
    settled text
  ) strict;
  create index batches_waiting on batches (epoch, first) where fate = 'waiting';
  create index batches_settled on batches (settled) where fate <> 'waiting';
  create table open_facts (key text primary key, fact text not null) strict;
  create table kept (name text primary key, value text not null) strict;
  pragma user_version = 1;
`;

const VERSION = 1;

export interface SpoolFile {
  readonly database: DatabaseSync;
  /** Where a damaged predecessor was put. */
  readonly setAside?: string;
}

/** Opens `<dataDir>/spool.sqlite` for durable commits, new when there is none or when it is damaged. Throws SPOOL_UNAVAILABLE or STORE_NEWER. */
export function openSpoolFile(dataDir: string, now: number): SpoolFile {
  const path = spoolPath(dataDir);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    try {
      return { database: opened(path) };
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      const setAside = moveAside(path, now);
      return { database: opened(path), setAside };
    }
  } catch (cause) {
    throw spoolError(path, cause);
  }
}

/** Opens the spool to look at it, while another process may be writing; undefined when there is none. Throws SPOOL_UNAVAILABLE. */
export function openSpoolToRead(dataDir: string): DatabaseSync | undefined {
  const path = spoolPath(dataDir);
  if (!existsSync(path)) return undefined;
  try {
    return new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  } catch (cause) {
    throw spoolError(path, cause);
  }
}

/** Reads the whole file once. Throws SPOOL_DAMAGED. */
export function checkSpool(database: DatabaseSync, dataDir: string): void {
  try {
    const verdict = pragma(database, 'quick_check(1)');
    if (verdict !== 'ok') throw new Damage(String(verdict));
  } catch (cause) {
    throw spoolError(spoolPath(dataDir), cause);
  }
}

export function spoolError(path: string, cause: unknown): CodedError {
  if (cause instanceof CodedError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CodedError(isDamage(cause) ? 'SPOOL_DAMAGED' : 'SPOOL_UNAVAILABLE', { path, reason }, { cause });
}

function opened(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    // macOS flushes its disks only when asked by fullfsync; elsewhere that changes nothing.
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma fullfsync = on');
    const version = Number(pragma(database, 'user_version'));
    if (version > VERSION) throw new CodedError('STORE_NEWER', { path, found: version, known: VERSION });
    if (version === 0) database.exec(`begin immediate; ${SCHEMA} commit`);
    const verdict = pragma(database, 'quick_check(1)');
    if (verdict !== 'ok') throw new Damage(String(verdict));
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`pragma ${name}`).get() ?? {}).at(0);
}

class Damage extends Error {
  override readonly name = 'Damage';
}

/** SQLITE_CORRUPT is 11, SQLITE_NOTADB is 26; a schema that lost its tables answers SQLITE_ERROR 1. */
function isDamage(cause: unknown): boolean {
  if (cause instanceof Damage) return true;
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  return code === 11 || code === 26 || code === 1;
}

function moveAside(path: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  const target = path.replace(/\.sqlite$/, `.corrupt-${time}.sqlite`);
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return target;
}

function spoolPath(dataDir: string): string {
  return join(dataDir, 'spool.sqlite');
}
