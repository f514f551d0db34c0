import { feedEntrySchema, feedQuerySchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { openFeed } from '../feed.ts';
import { type Incoming, parsed, type Route } from '../route.ts';

export const feedRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/feed',
    summary: 'What changes, as server-sent events: history after the cursor, then live',
    open: false,
    query: feedQuerySchema,
    response: { schema: feedEntrySchema, mediaType: 'text/event-stream' },
    run: feed,
  },
];

async function feed({ api, request, query, caller }: Incoming): Promise<Response> {
  if (!caller) throw new CodedError('SIGN_IN_REQUIRED');
  const { session, stillGood } = caller;
  // A HEAD has nobody who reads the stream, so nobody who would end it.
  if (request.method !== 'GET') return new Response(null);
  if (api.readers.size >= api.feedLimits.readers) throw new CodedError('TOO_MANY_REQUESTS');
  const lastSeen = request.headers.get('last-event-id');
  const { cursor } = parsed(feedQuerySchema, lastSeen ? { cursor: lastSeen } : query);
  return new Response(openFeed(api, { account: session.account, stillGood, cursor }), {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
  });
}
