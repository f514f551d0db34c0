import { endpointDetailSchema, endpointsSchema, revokeSchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import { revoke } from '../../gateway/revocation.ts';
import { endpointRows, findEndpoint } from '../../store/endpoint-views.ts';
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
    body: revokeSchema,
    run: revokeOne,
  },
];

async function revokeOne({ api, request, session, params: { id = '' } }: Incoming): Promise<Response> {
  if (!session) throw new CodedError('SIGN_IN_REQUIRED');
  const { reason } = await parsedBody(revokeSchema, request);
  const at = instant(api.clock());
  await revoke(api.store, { id, reason, at, actor: session.account, source: api.clientAddress(request) });
  return new Response(null, { status: 204 });
}
