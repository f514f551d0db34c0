import {
  apiTokenSchema,
  apiTokensSchema,
  madeApiTokenSchema,
  newApiTokenSchema,
} from '../../../shared/api/api-token.ts';
import { CodedError } from '../../../shared/errors.ts';
import { DAY, millis } from '../../../shared/time.ts';
import { apiTokens, makeApiToken, revokeApiToken } from '../../store/api-tokens.ts';
import { byOf } from '../auth.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

const LONGEST_MS = 366 * DAY;
const CHANGING = { method: 'post', open: false, right: 'administer', personal: true } as const;

export const apiTokenRoutes: readonly Route[] = [
  reads({
    path: '/api-tokens',
    summary: 'API tokens, latest first; never the tokens themselves',
    right: 'administer',
    query: NO_QUERY,
    response: apiTokensSchema,
    answer: async ({ api }) => ({ tokens: await apiTokens(api.store.db) }),
  }),
  {
    ...CHANGING,
    path: '/api-tokens',
    summary: 'Makes an API token, which is told this once; it ends within a year',
    body: newApiTokenSchema,
    response: { schema: madeApiTokenSchema, mediaType: 'application/json' },
    run: make,
  },
  {
    ...CHANGING,
    path: '/api-tokens/:id/revoke',
    summary: 'Ends an API token for good',
    response: { schema: apiTokenSchema, mediaType: 'application/json' },
    run: revoke,
  },
];

async function make(incoming: Incoming): Promise<Response> {
  const wanted = await parsedBody(newApiTokenSchema, incoming.request);
  const by = byOf(incoming);
  const lasts = millis(wanted.expiresAt) - millis(by.at);
  if (lasts <= 0 || lasts > LONGEST_MS)
    throw new CodedError('REQUEST_INVALID', { reason: 'expiresAt: expected within a year from now' });
  const { db } = incoming.api.store;
  return Response.json(await db.transaction().execute((trx) => makeApiToken(trx, wanted, by)));
}

async function revoke(incoming: Incoming): Promise<Response> {
  const by = byOf(incoming);
  const id = incoming.params['id'] ?? '';
  const { db } = incoming.api.store;
  return Response.json(await db.transaction().execute((trx) => revokeApiToken(trx, id, by)));
}
