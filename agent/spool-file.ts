import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { CodedError } from '../shared/errors.ts';
import { addChecksum, checkContent, Damage, type Owner } from './spool-check.ts';

const VERSION = 2;
const SUFFIXES = ['', '-wal', '-shm'] as const;

/**
 * What waits to be sealed, by the number it has; `body` is the observation without that number, `ended` and `key` its change, `rank`
 * what goes first when there is no room. `holes` are numbers whose observations went, `told` the facts that the sealed ones left open.
 */
const UNSEALED = `
  create table unsealed (
    seq integer primary key,
    rank integer not null,
    kind text not null,
    key text,
    ended integer not null,
    body text not null,
    bytes integer not null,
    crc integer not null
  ) strict;
  create index unsealed_by_rank on unsealed (rank, seq);
  create index unsealed_by_key on unsealed (key, seq);
  create table holes (first integer primary key, last integer not null, kinds text not null, crc integer not null) strict;
  create index holes_by_last on holes (last);
  create table told (key text primary key, fact text not null, crc integer not null) strict;
`;

/** Everything that the agent must not forget; one row per sealed batch, kept as the ledger once it was delivered. */
const SCHEMA = `
  create table spool (
    id integer primary key check (id = 1),
    endpoint text not null,
    epoch text not null,
    next integer not null,
    head text not null,
    crc integer not null default 0,
    alive text
  ) strict;
  ${UNSEALED}
  create table batches (
    id integer primary key,
    epoch text not null,
    first integer not null,
    last integer not null,
    count integer not null,
    bytes integer not null,
    header text not null,
    payload text not null,
    fate text not null check (fate in ('waiting', 'delivered', 'superseded')),
    settled text
  ) strict;
  create index batches_waiting on batches (epoch, first) where fate = 'waiting';
  create index batches_settled on batches (settled) where fate <> 'waiting';
  create table open_facts (key text primary key, fact text not null, crc integer not null) strict;
  create table kept (name text primary key, value text not null) strict;
  pragma user_version = ${VERSION};
`;

/** The first version sealed what filled a batch at once, so little of it was unsealed. */
const FROM_1 = `
  alter table unsealed rename to unsealed_1;
  ${UNSEALED}
  insert into unsealed
    select seq, 1, json_extract(body, '$.fact.kind'), null, json_extract(body, '$.change') = 'ended', json_remove(body, '$.seq'), bytes, 0
    from unsealed_1;
  update unsealed set crc = crc32(coalesce(key, '') || '|' || ended || '|' || rank || '|' || kind || '|' || body);
  alter table open_facts add column crc integer not null default 0;
  update open_facts set crc = crc32(key || '|' || fact);
  insert into told select key, fact, crc from open_facts;
  alter table spool add column crc integer not null default 0;
  update spool set crc = crc32(endpoint || '|' || epoch || '|' || next || '|' || head);
  drop table unsealed_1;
  alter table batches add column count integer not null default 0;
  update batches set count = last - first + 1;
  pragma user_version = ${VERSION};
`;

/** Damaged files that are kept for somebody to look at. */
const KEPT_ASIDE = 3;

export interface SpoolFile {
  readonly database: DatabaseSync;
  /** Where a damaged predecessor was put. */
  readonly setAside?: string;
}

/**
 * Opens `<dataDir>/spool.sqlite` for durable commits, new when there is none, or when it is damaged and may be set aside.
 * Throws SPOOL_UNAVAILABLE, SPOOL_DAMAGED or STORE_NEWER.
 */
export function openSpoolFile(dataDir: string, { now, setAside: mayMove, owner }: OpenOptions): SpoolFile {
  const path = spoolPath(dataDir);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    try {
      return { database: opened(path, owner) };
    } catch (cause) {
      if (!mayMove || !isDamage(cause)) throw cause;
      const setAside = moveAside(path, now);
      return { database: opened(path, owner), setAside };
    }
  } catch (cause) {
    throw spoolError(path, cause);
  }
}

export interface OpenOptions {
  readonly now: number;
  readonly setAside: boolean;
  readonly owner: Owner;
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

function opened(path: string, owner: Owner): DatabaseSync {
  const existed = existsSync(path);
  if (existed) checkFormat(path);
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    addChecksum(database);
    // macOS flushes its disks only when asked by fullfsync; elsewhere that changes nothing.
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma fullfsync = on');
    const version = Number(pragma(database, 'user_version'));
    if (version > VERSION) throw new CodedError('STORE_NEWER', { path, found: version, known: VERSION });
    if (version === 0 && existed) throw new Damage('it is empty');
    if (version === 0) database.exec(`begin immediate; ${SCHEMA} commit`);
    const verdict = pragma(database, 'quick_check(1)');
    if (verdict !== 'ok') throw new Damage(String(verdict));
    if (version === 1) database.exec(`begin immediate; ${FROM_1} commit`);
    checkContent(database, owner);
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/** Bytes 18 and 19 of a database are its write and read version, 1 or 2. With a higher one SQLite opens it, and only to read. */
function checkFormat(path: string): void {
  const versions = Buffer.alloc(2);
  const file = openSync(path, 'r');
  try {
    readSync(file, versions, 0, versions.length, 18);
  } finally {
    closeSync(file);
  }
  if (versions.some((version) => version > 2)) throw new Damage('its format is not one that SQLite writes');
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`pragma ${name}`).get() ?? {}).at(0);
}

/** SQLITE_CORRUPT is 11, SQLITE_NOTADB is 26; a schema that lost its tables answers SQLITE_ERROR 1. */
function isDamage(cause: unknown): boolean {
  if (cause instanceof Damage || cause instanceof z.core.$ZodError) return true;
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  return code === 11 || code === 26 || code === 1;
}

function moveAside(path: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  const target = path.replace(/\.sqlite$/, `.corrupt-${time}.sqlite`);
  for (const suffix of SUFFIXES) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  const folder = dirname(path);
  const older = readdirSync(folder).filter((name) => /^spool\.corrupt-.*\.sqlite$/.test(name));
  for (const name of older.sort().slice(0, -KEPT_ASIDE))
    for (const suffix of SUFFIXES) rmSync(join(folder, name + suffix), { force: true });
  return target;
}

function spoolPath(dataDir: string): string {
  return join(dataDir, 'spool.sqlite');
}
