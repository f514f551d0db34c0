import {
  endpointDetailSchema,
  endpointGapsQuerySchema,
  endpointGapsSchema,
  endpointsSchema,
  gapsPageSchema,
  gapsQuerySchema,
  revokeSchema,
  silencesSchema,
} from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import { revoke } from '../../gateway/revocation.ts';
import { endpointRows, findEndpoint } from '../../store/endpoint-views.ts';
import { endpointGaps, gapsPage } from '../../store/gap-views.ts';
import { silencesOf } from '../../store/silence-views.ts';
import { byOf } from '../auth.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

export const endpointRoutes: readonly Route[] = [
  reads({
    path: '/endpoints',
    summary: 'All endpoints with where they are, what they are and how their agents fare',
    query: NO_QUERY,
    response: endpointsSchema,
    answer: async ({ api }) => ({ endpoints: await endpointRows(api.store.db) }),
  }),
  reads({
    path: '/endpoints/:id',
    summary: 'One endpoint with what is true of it now, its past, its gaps and its evidence',
    looks: 'endpoint',
    query: NO_QUERY,
    response: endpointDetailSchema,
    answer: async ({ api, params: { id = '' } }) => {
      const endpoint = await findEndpoint(api.store.db, id);
      if (!endpoint) throw new CodedError('NOT_FOUND', { endpoint: id });
      return endpoint;
    },
  }),
  {
    method: 'post',
    path: '/endpoints/:id/revoke',
    summary: "Takes an endpoint's right to speak, for good; a second time changes nothing",
    open: false,
    right: 'administer',
    body: revokeSchema,
    run: revokeOne,
  },
  reads({
    path: '/endpoints/:id/gaps',
    summary: 'The gap ledger of one endpoint, newest first, with what was happening around each hole',
    looks: 'endpoint',
    query: endpointGapsQuerySchema,
    response: endpointGapsSchema,
    answer: ({ api, params: { id = '' }, query }) => endpointGaps(api.store.db, id, query),
  }),
  reads({
    path: '/endpoints/:id/silences',
    summary: 'When nothing was heard of an endpoint, and what it did meanwhile',
    looks: 'endpoint',
    query: NO_QUERY,
    response: silencesSchema,
    answer: async ({ api, params: { id = '' } }) => ({
      silences: await silencesOf(api.store.db, id, instant(api.clock())),
    }),
  }),
  reads({
    path: '/gaps',
    summary: 'The gap ledger of all endpoints, newest first, a page at a time',
    query: gapsQuerySchema,
    response: gapsPageSchema,
    answer: ({ api, query }) => gapsPage(api.store.db, query),
  }),
];

async function revokeOne(incoming: Incoming): Promise<Response> {
  const { reason } = await parsedBody(revokeSchema, incoming.request);
  await revoke(incoming.api.store, { id: incoming.params['id'] ?? '', reason, ...byOf(incoming) });
  return new Response(null, { status: 204 });
}
