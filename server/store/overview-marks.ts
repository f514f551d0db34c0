import type { Instant } from '../../shared/time.ts';
import { appendAction } from './actions.ts';
import type { By } from './proposals.ts';
import type { Db } from './store.ts';

export interface Marks {
  /** When the account last marked the overview as seen. */
  readonly seenAt: Instant | null;
  readonly dismissedAt: Instant | null;
}

export async function marksOf(db: Db, account: string): Promise<Marks> {
  const row = await db
    .selectFrom('overview_marks')
    .select(['seen_at', 'dismissed_at'])
    .where('account', '=', account)
    .executeTakeFirst();
  return { seenAt: row?.seen_at ?? null, dismissedAt: row?.dismissed_at ?? null };
}

export interface Seen {
  readonly at: Instant;
  readonly cursor: number;
}

/** Marks all up to this moment as seen; never less than was seen before, so that two windows do not undo each other. */
export async function markSeen(db: Db, { at, cursor }: Seen, by: By): Promise<void> {
  const { seenAt } = await marksOf(db, by.actor);
  if (seenAt !== null && seenAt >= at) return;
  const seen = { seen_at: at, seen_feed: cursor };
  await db
    .insertInto('overview_marks')
    .values({ account: by.actor, ...seen, dismissed_at: null })
    .onConflict((conflict) => conflict.column('account').doUpdateSet(seen))
    .execute();
  const detail = { before: seenAt, after: at };
  await appendAction(db, { ...by, action: 'overview.seen', subject: by.actor, detail });
}

/** The account wants the first-run checklist no more; a second time changes nothing. */
export async function dismissChecklist(db: Db, by: By): Promise<void> {
  const { dismissedAt } = await marksOf(db, by.actor);
  if (dismissedAt !== null) return;
  await db
    .insertInto('overview_marks')
    .values({ account: by.actor, seen_at: null, seen_feed: null, dismissed_at: by.at })
    .onConflict((conflict) => conflict.column('account').doUpdateSet({ dismissed_at: by.at }))
    .execute();
  const detail = { before: null, after: by.at };
  await appendAction(db, { ...by, action: 'checklist.dismiss', subject: by.actor, detail });
}
