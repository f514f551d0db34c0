import { sql } from 'kysely';
import { codedError } from '../../shared/errors.ts';
import { SECOND } from '../../shared/time.ts';
import type { Log } from '../log.ts';
import type { Db } from './store.ts';

/** Pages of 4 kB in the write-ahead log: below this it is left alone, for pages that change again are then copied once. */
const WORTH_IT = 2_000;
/** The log begins anew when all of it was copied at a moment without a commit; the later passes are short and soon find one. */
const PASSES = 4;
/** 256 MB: who writes without a break never lets the log begin anew; from here on the writer has to wait for once. */
const TOO_LONG = 64_000;

/**
 * Copies the write-ahead log into the database from a connection that acknowledges nothing, so that no commit that an agent waits
 * for has to. A passive checkpoint holds nobody up.
 */
export function startCheckpoints(db: Db, log: Log): AsyncDisposable {
  let running = Promise.resolve();
  const round = (): void => {
    running = checkpoint(db).catch((error: unknown) => {
      log.warn({ err: codedError(error) }, 'write-ahead log was not copied, the next second tries again');
    });
  };
  const timer = setInterval(round, SECOND);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

async function checkpoint(db: Db): Promise<void> {
  const before = await run(db, 'noop');
  if (before.log - before.checkpointed < WORTH_IT) return;
  for (let pass = 0; pass < PASSES; pass += 1) {
    await run(db, 'passive');
    const after = await run(db, 'noop');
    if (after.log === after.checkpointed) return;
    if (pass === PASSES - 1 && after.log > TOO_LONG) await run(db, 'restart');
  }
}

interface Progress {
  /** Pages in the log, and how many of them the database has. */
  readonly log: number;
  readonly checkpointed: number;
}

async function run(db: Db, mode: 'noop' | 'passive' | 'restart'): Promise<Progress> {
  const { rows } = await sql<Progress>`pragma wal_checkpoint(${sql.raw(mode)})`.execute(db);
  return rows[0] ?? { log: 0, checkpointed: 0 };
}
