import { statusSchema } from '../../../shared/api.ts';
import { counts } from '../../store/contractor-views.ts';
import { feedEnds } from '../../store/feed.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const statusRoutes: readonly Route[] = [
  reads({
    path: '/status',
    summary: 'What this collector is, how much it watches, and where its feed stands',
    query: NO_QUERY,
    response: statusSchema,
    answer: async ({ api }) => {
      const { db } = api.store;
      // Before the counts, so that whatever they miss is told by the feed.
      const { last: cursor } = await feedEnds(db);
      return { ...api.about(), counts: await counts(db), cursor };
    },
  }),
];
