import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../shared/errors.ts';

/** An agent that was told to stop may still be saying good-bye when the next one starts. */
const PREDECESSOR_MS = 5_000;

/**
 * Holds `<dataDir>` for this process alone. The lock is the operating system's, on an empty SQLite file, so it goes with the process
 * however that ends. Throws STORE_LOCKED when another process has it.
 */
export function lockDataDir(dataDir: string, waitMs = PREDECESSOR_MS): Disposable {
  const path = join(dataDir, 'lock.sqlite');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: waitMs });
    database.exec('pragma journal_mode = delete; begin exclusive');
    const held = database;
    return { [Symbol.dispose]: () => held.close() };
  } catch (cause) {
    database?.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const busy = cause instanceof Error && 'errcode' in cause && (Number(cause.errcode) & 0xff) === 5;
    throw new CodedError(busy ? 'STORE_LOCKED' : 'SPOOL_UNAVAILABLE', { path, reason }, { cause });
  }
}

/** Whether an agent holds `<dataDir>` now. */
export function isRunning(dataDir: string): boolean {
  try {
    lockDataDir(dataDir, 0)[Symbol.dispose]();
    return false;
  } catch (error) {
    if (error instanceof CodedError && error.code === 'STORE_LOCKED') return true;
    throw error;
  }
}
