import { sql } from 'kysely';
import * as z from 'zod/mini';
import { FEED_TOPICS, type FeedEntry } from '../../shared/api.ts';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

export interface FeedNews {
  readonly topic: (typeof FEED_TOPICS)[number];
  /** Id of the finding, endpoint or contractor that changed. */
  readonly ref: string;
}

/** Adds to the feed, in the transaction of the change itself. Ring `store.feed` after the commit. */
export async function appendFeed(db: Db, at: Instant, news: readonly FeedNews[]): Promise<void> {
  if (news.length === 0) return;
  // One text for any number of rows, so that it is prepared once.
  const rows = JSON.stringify(news.map(({ topic, ref }) => [topic, ref]));
  await sql`insert into feed (at, topic, ref) select ${at}, value ->> 0, value ->> 1 from json_each(${rows}) order by key`.execute(
    db,
  );
}

/** Drops entries from before this moment but the newest, so that ids go on; who still has a cursor below them is told to start anew. */
export async function forgetFeed(db: Db, before: Instant): Promise<void> {
  await db
    .deleteFrom('feed')
    .where('at', '<', before)
    .where('id', '<', (eb) => eb.selectFrom('feed').select((max) => max.fn.max('id').as('newest')))
    .execute();
}

/** The oldest and the newest entry's id; 1 and 0 when there is none. */
export async function feedEnds(db: Db): Promise<{ readonly first: number; readonly last: number }> {
  const { first, last } = await db
    .selectFrom('feed')
    .select((eb) => [eb.fn.min<number | null>('id').as('first'), eb.fn.max<number | null>('id').as('last')])
    .executeTakeFirstOrThrow();
  return { first: first ?? 1, last: last ?? 0 };
}

/** The entries after `cursor` in order, `limit` at most. Ids follow the order of commits, so nothing appears before what was read. */
export async function feedAfter(db: Db, cursor: number, limit: number): Promise<FeedEntry[]> {
  const rows = await db
    .selectFrom('feed')
    .selectAll()
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id, at, topic, ref }) => ({ id, at, topic: z.parse(topicSchema, topic), ref }));
}

const topicSchema = z.enum(FEED_TOPICS);
