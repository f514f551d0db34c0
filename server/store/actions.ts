import { createHash } from 'node:crypto';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';
import { actionsBoundary } from './tombstones.ts';

/** Something that a person did. */
export interface Action {
  readonly at: Instant;
  /** Who: an account, or the operating-system user of a command. */
  readonly actor: string;
  /** By what way: `cli`, `console` … */
  readonly source: string;
  /** What, as noun and verb: `roster.import`. */
  readonly action: string;
  /** On what: the id of a contractor, finding, endpoint … */
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export type ActionsVerdict =
  | { readonly intact: true; readonly count: number; readonly head: string }
  /** The first row that does not follow from the one before it. */
  | { readonly intact: false; readonly brokenAt: number };

/** Adds to the action log. Only inside a transaction: the next row's hash covers this one's. */
export async function appendAction(db: Db, action: Action): Promise<void> {
  await appendActions(db, [action]);
}

/** As `appendAction`, for many at once. */
export async function appendActions(db: Db, actions: readonly Action[]): Promise<void> {
  if (actions.length === 0) return;
  const last = await db
    .selectFrom('actions')
    .select('hash')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  let prev = last?.hash ?? START;
  const rows = actions.map(({ detail, ...action }) => {
    const row = { ...action, detail: JSON.stringify(detail), prev };
    prev = hashOf(row);
    return { ...row, hash: prev };
  });
  for (let from = 0; from < rows.length; from += CHUNK)
    await db
      .insertInto('actions')
      .values(rows.slice(from, from + CHUNK))
      .execute();
}

/**
 * Recomputes the chain from its first row, or from where its start was purged. A removed end leaves no trace in the chain itself: compare `head` and `count` with what an
 * export or audit pack noted earlier.
 */
export async function verifyActions(db: Db): Promise<ActionsVerdict> {
  const purged = (await actionsBoundary(db))?.tombstone;
  let [prev, after, count] = [purged?.actions?.head ?? START, 0, purged?.rows ?? 0];
  for (;;) {
    const rows = await db
      .selectFrom('actions')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(CHUNK)
      .execute();
    for (const row of rows) {
      if (row.prev !== prev || row.hash !== hashOf(row)) return { intact: false, brokenAt: row.id };
      [prev, after, count] = [row.hash, row.id, count + 1];
    }
    if (rows.length < CHUNK) return { intact: true, count, head: prev };
  }
}

const START = '0'.repeat(64);
const CHUNK = 500;

interface Hashed extends Omit<Action, 'detail'> {
  readonly detail: string;
  readonly prev: string;
}

/** SHA-256 over the JSON array of the columns in this order, `prev` first. */
function hashOf({ prev, at, actor, source, action, subject, detail }: Hashed): string {
  return createHash('sha256')
    .update(JSON.stringify([prev, at, actor, source, action, subject, detail]))
    .digest('hex');
}
