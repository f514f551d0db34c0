import type { FEED_TOPICS } from '../../shared/api.ts';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

export interface FeedNews {
  readonly topic: (typeof FEED_TOPICS)[number];
  /** Id of the finding, endpoint or contractor that changed. */
  readonly ref: string;
}

/** Adds to the feed, in the transaction of the change itself. Ring `store.feed` after the commit. */
export async function appendFeed(db: Db, at: Instant, news: readonly FeedNews[]): Promise<void> {
  for (let from = 0; from < news.length; from += CHUNK) {
    const rows = news.slice(from, from + CHUNK).map(({ topic, ref }) => ({ at, topic, ref }));
    await db.insertInto('feed').values(rows).execute();
  }
}

const CHUNK = 500;
