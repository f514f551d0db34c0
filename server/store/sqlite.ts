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

export interface SqliteOptions {
  /** Whoever else has the file open runs `startCheckpoints`: then no commit here has to copy the log into the database. */
  readonly checkpointsElsewhere?: boolean;
  /** For reading alone, so that nothing is made or migrated. */
  readonly readOnly?: boolean;
}

/** Opens a SQLite file for commits that survive a power cut. Throws STORE_UNAVAILABLE, or STORE_LOCKED when another process has it. */
export function openSqlite(path: string, options: SqliteOptions = {}): Kysely<Tables> {
  const database = opened(path, options);
  const direct = directTo(database);
  const connection = connectionTo(direct);
  const dialect: Dialect = {
    createAdapter: () => new DirectAdapter(direct),
    createDriver: () => driverOf(connection, database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new Kysely<Tables>({ dialect });
}

function opened(
  path: string,
  { checkpointsElsewhere = false, readOnly = false }: SqliteOptions,
): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (readOnly) return new DatabaseSync(path, { timeout: 5_000, readOnly });
    database = new DatabaseSync(path, { timeout: 5_000 });
    // Small pages, for a batch changes a few rows in many indexes, and each commit writes whole pages: 4 kB write 2.5 times less than
    // 16 kB do. FULL makes every acknowledged commit durable. 64 MB of cache hold what some thousands of endpoints touch.
    database.exec(
      `pragma page_size = 4096; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
       pragma cache_size = -65536`,
    );
    if (checkpointsElsewhere) database.exec('pragma wal_autocheckpoint = 0');
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

export interface Changed {
  readonly changes: number;
  readonly insertId: number;
}

/** Statements run at once, each prepared when it is first seen. */
export interface Direct {
  run(sql: string, values: readonly unknown[]): Changed;
  all(sql: string, values: readonly unknown[]): readonly Readonly<Record<string, unknown>>[];
  returnsRows(sql: string): boolean;
}

/** Carries the direct way beside Kysely's own, so that a transaction has both. */
export class DirectAdapter extends SqliteAdapter {
  readonly direct: Direct;

  constructor(direct: Direct) {
    super();
    this.direct = direct;
  }
}

interface Kept {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

function directTo(database: DatabaseSync): Direct {
  const kept = new Map<string, Kept>();
  const prepare = (sql: string): Kept => {
    const known = kept.get(sql);
    if (known) return known;
    if (kept.size >= KEPT_STATEMENTS) kept.clear();
    const statement = database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    kept.set(sql, prepared);
    return prepared;
  };
  const attempt = <R>(sql: string, work: (kept: Kept) => R): R => {
    try {
      return work(prepare(sql));
    } catch (cause) {
      // Whoever has the file now, a backup for one, lets go of it: agents must come back soon, not wait for a person.
      throw storeError(cause, 'STORE_UNAVAILABLE');
    }
  };
  return {
    run: (sql, values) =>
      attempt(sql, ({ statement }) => {
        const { changes, lastInsertRowid } = statement.run(...inputs(values));
        return { changes: Number(changes), insertId: Number(lastInsertRowid) };
      }),
    all: (sql, values) => attempt(sql, ({ statement }) => statement.all(...inputs(values))),
    returnsRows: (sql) => attempt(sql, ({ returnsRows }) => returnsRows),
  };
}

function inputs(values: readonly unknown[]): readonly SQLInputValue[] {
  // biome-ignore lint/nursery/noUnsafeTypeAssertion: Kysely does not know which values SQLite takes; SQLite refuses others itself
  return values as readonly SQLInputValue[];
}

function connectionTo(direct: Direct): DatabaseConnection {
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      if (direct.returnsRows(sql)) {
        // biome-ignore lint/nursery/noUnsafeTypeAssertion: the rows' shape is what the query builder derived from `Tables`
        return { rows: direct.all(sql, parameters) as R[] };
      }
      const { changes, insertId } = direct.run(sql, parameters);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(insertId) };
    },
    // biome-ignore lint/correctness/useYield: the port asks for it; every table read here is paged instead
    async *streamQuery() {
      throw new CodedError('INTERNAL', { reason: 'streaming is not used' });
    },
  };
}
