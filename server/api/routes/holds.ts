import { holdRequestSchema, holdSchema, holdsSchema, releaseSchema } from '../../../shared/api/holds.ts';
import { holds, placeHold, releaseHold } from '../../store/holds.ts';
import { byOf } from '../auth.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

const answer = { schema: holdSchema, mediaType: 'application/json' };

export const holdRoutes: readonly Route[] = [
  reads({
    path: '/holds',
    summary: 'Who and what must not be purged or erased, and what was released',
    right: 'administer',
    query: NO_QUERY,
    response: holdsSchema,
    answer: async ({ api }) => ({ holds: await holds(api.store.db) }),
  }),
  {
    method: 'post',
    path: '/holds',
    summary: 'Keeps a contractor or a case from being purged or erased',
    open: false,
    right: 'administer',
    body: holdRequestSchema,
    response: answer,
    run: place,
  },
  {
    method: 'post',
    path: '/holds/:id/release',
    summary: 'Asks for the release of a hold, or grants what somebody else asked for',
    open: false,
    right: 'administer',
    body: releaseSchema,
    response: answer,
    run: release,
  },
];

async function place(incoming: Incoming): Promise<Response> {
  const asked = await parsedBody(holdRequestSchema, incoming.request);
  const by = byOf(incoming);
  return Response.json(await incoming.api.store.db.transaction().execute((trx) => placeHold(trx, asked, by)));
}

async function release(incoming: Incoming): Promise<Response> {
  const { reason } = await parsedBody(releaseSchema, incoming.request);
  const by = byOf(incoming);
  const { db } = incoming.api.store;
  const id = incoming.params['id'] ?? '';
  return Response.json(await db.transaction().execute((trx) => releaseHold(trx, id, { reason, by })));
}
