import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { CodedError } from '../../shared/errors.ts';
import type { Tables } from './schema.ts';

/** Opens a SQLite file for commits that survive a power cut. Throws STORE_UNAVAILABLE, or STORE_LOCKED when another process has it. */
export function openSqlite(path: string): Kysely<Tables> {
  const database = opened(path);
  const connection = connectionTo(database);
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driverOf(connection, database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new Kysely<Tables>({ dialect });
}

function opened(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 5_000 });
    // 16 kB pages hold a whole sealed batch; FULL makes every acknowledged commit durable.
    database.exec(
      'pragma page_size = 16384; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on',
    );
    return database;
  } catch (cause) {
    database?.close();
    throw storeError(cause, 'STORE_LOCKED');
  }
}

/** node:sqlite errors by their result code: SQLITE_FULL 13, SQLITE_BUSY 5, SQLITE_LOCKED 6. `whenBusy` is the code for the last two. */
function storeError(cause: unknown, whenBusy: 'STORE_LOCKED' | 'STORE_UNAVAILABLE'): CodedError {
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (code === 13) return new CodedError('STORE_FULL', { reason }, { cause });
  if (code === 5 || code === 6) return new CodedError(whenBusy, { reason }, { cause });
  return new CodedError('STORE_UNAVAILABLE', { reason }, { cause });
}

/** One connection, so one transaction at a time: SQLite has one writer anyway, and every call is synchronous underneath. */
function driverOf(connection: DatabaseConnection, database: DatabaseSync): Driver {
  const waiting: (() => void)[] = [];
  let taken = false;
  const run = (sql: string) => async (on: DatabaseConnection) => {
    await on.executeQuery(CompiledQuery.raw(sql));
  };
  return {
    init: async () => {},
    async acquireConnection() {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve));
      taken = true;
      return connection;
    },
    async releaseConnection() {
      const next = waiting.shift();
      if (next) next();
      else taken = false;
    },
    beginTransaction: run('begin immediate'),
    commitTransaction: run('commit'),
    // A full disk makes SQLite roll back by itself; a second rollback would hide the first error.
    rollbackTransaction: async (on) => (database.isTransaction ? run('rollback')(on) : undefined),
    destroy: async () => database.close(),
  };
}

const KEPT_STATEMENTS = 500;

interface Prepared {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

function connectionTo(database: DatabaseSync): DatabaseConnection {
  const kept = new Map<string, Prepared>();
  const prepare = (sql: string): Prepared => {
    const known = kept.get(sql);
    if (known) return known;
    if (kept.size >= KEPT_STATEMENTS) kept.clear();
    const statement = database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    kept.set(sql, prepared);
    return prepared;
  };
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      try {
        const { statement, returnsRows } = prepare(sql);
        // biome-ignore lint/nursery/noUnsafeTypeAssertion: Kysely does not know which values SQLite takes; SQLite refuses others itself
        const values = parameters as readonly SQLInputValue[];
        // biome-ignore lint/nursery/noUnsafeTypeAssertion: the rows' shape is what the query builder derived from `Tables`
        if (returnsRows) return { rows: statement.all(...values) as R[] };
        const { changes, lastInsertRowid } = statement.run(...values);
        return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
      } catch (cause) {
        // Whoever has the file now, a backup for one, lets go of it: agents must come back soon, not wait for a person.
        throw storeError(cause, 'STORE_UNAVAILABLE');
      }
    },
    // biome-ignore lint/correctness/useYield: the port asks for it; every table read here is paged instead
    async *streamQuery() {
      throw new CodedError('INTERNAL', { reason: 'streaming is not used' });
    },
  };
}
