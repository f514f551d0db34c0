import { madeTokenSchema, newTokenSchema, tokensSchema } from '../../../shared/api/tokens.ts';
import { CodedError } from '../../../shared/errors.ts';
import { HOUR, instant } from '../../../shared/time.ts';
import { makeToken } from '../../gateway/enrollment.ts';
import { appendAction } from '../../store/actions.ts';
import { appendFeed } from '../../store/feed.ts';
import { revokeToken, tokenRows } from '../../store/tokens.ts';
import { byOf } from '../auth.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

export const tokenRoutes: readonly Route[] = [
  reads({
    path: '/tokens',
    summary: 'Enrollment tokens, newest first; never what they are made of',
    right: 'administer',
    query: NO_QUERY,
    response: tokensSchema,
    answer: async ({ api }) => ({ tokens: await tokenRows(api.store.db) }),
  }),
  {
    method: 'post',
    path: '/tokens',
    summary: 'Makes an enrollment token; its text is told this once',
    open: false,
    right: 'administer',
    body: newTokenSchema,
    response: { schema: madeTokenSchema, mediaType: 'application/json' },
    run: make,
  },
  {
    method: 'post',
    path: '/tokens/:id/revoke',
    summary: 'Ends an enrollment token; endpoints that came by it stay enrolled',
    open: false,
    right: 'administer',
    run: revoke,
  },
];

async function make(incoming: Incoming): Promise<Response> {
  const { api } = incoming;
  const { contractor, uses, hours } = await parsedBody(newTokenSchema, incoming.request);
  const { at, ...by } = byOf(incoming);
  const expiresAt = api.clock() + hours * HOUR;
  const { url, pin } = api.enrollAt();
  const made = await api.store.db.transaction().execute(async (trx) => {
    const token = await makeToken(trx, { url, pin, contractor, uses, expiresAt, at, by });
    await appendFeed(trx, at, [{ topic: 'token', ref: token.id }]);
    return token;
  });
  api.store.feed.ring();
  return Response.json({ ...made, url, expiresAt: instant(expiresAt) });
}

async function revoke(incoming: Incoming): Promise<Response> {
  const { api, params } = incoming;
  const id = params['id'] ?? '';
  const by = byOf(incoming);
  await api.store.db.transaction().execute(async (trx) => {
    if (!(await revokeToken(trx, id, by.at))) throw new CodedError('NOT_FOUND', { token: id });
    await appendAction(trx, { ...by, action: 'token.revoke', subject: id, detail: {} });
    await appendFeed(trx, by.at, [{ topic: 'token', ref: id }]);
  });
  api.store.feed.ring();
  return new Response(null, { status: 204 });
}
