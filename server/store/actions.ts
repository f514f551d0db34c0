import { createHash } from 'node:crypto';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

/** Who did what to what, from where. */
export interface Action {
  readonly at: Instant;
  /** Account; empty when nobody was signed in. */
  readonly actor: string;
  /** Address of the client, or `cli`. */
  readonly source: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Adds to the action log, in the transaction of the change itself. Each row's hash covers the row and the hash before it. */
export async function appendAction(db: Db, action: Action): Promise<void> {
  const { at, actor, source, subject } = action;
  const last = await db
    .selectFrom('actions')
    .select('hash')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const prev = last?.hash ?? '';
  const detail = JSON.stringify(action.detail);
  const text = JSON.stringify([prev, at, actor, source, action.action, subject, detail]);
  const hash = createHash('sha256').update(text).digest('hex');
  await db
    .insertInto('actions')
    .values({ at, actor, source, action: action.action, subject, detail, prev, hash })
    .execute();
}
