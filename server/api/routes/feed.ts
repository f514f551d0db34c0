import { feedEntrySchema, feedQuerySchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import { findSession } from '../../store/sessions.ts';
import { secretOf } from '../auth.ts';
import { openFeed } from '../feed.ts';
import type { Api } from '../options.ts';
import { type Incoming, parsed, type Route } from '../route.ts';

export const feedRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/feed',
    summary: 'What changes, as server-sent events: history after the cursor, then live',
    description:
      'Each entry once and in order, over any number of reconnects. Named events: `reset` with a `FeedReset`, and `error` with a `Problem`, after which the stream ends.',
    errors: ['FEED_FULL'],
    open: false,
    query: feedQuerySchema,
    response: { schema: feedEntrySchema, mediaType: 'text/event-stream' },
    run: feed,
  },
];

async function feed({ api, request, query, session }: Incoming): Promise<Response> {
  if (!session) throw new CodedError('SIGN_IN_REQUIRED');
  const lastSeen = request.headers.get('last-event-id');
  const { cursor } = parsed(feedQuerySchema, lastSeen ? { ...query, cursor: lastSeen } : query);
  // A HEAD has nobody who reads the stream, so nobody who would end it.
  if (request.method !== 'GET') return new Response(null);
  const { account } = session;
  requireRoom(api, account);
  const secret = secretOf(api, request);
  const stillGood = async () =>
    secret !== undefined && (await findSession(api.store.db, secret, instant(api.clock()))) !== undefined;
  return new Response(openFeed(api, { account, stillGood, cursor }), {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
  });
}

function requireRoom({ readers, feedLimits }: Api, account: string): void {
  const own = [...readers.values()].filter((of) => of === account).length;
  if (readers.size >= feedLimits.readers) throw new CodedError('FEED_FULL', { readers: readers.size });
  if (own >= feedLimits.readersOfAccount) throw new CodedError('FEED_FULL', { readers: own, account });
}
