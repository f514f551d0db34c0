import { endpointDetailSchema, endpointsSchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { endpointRows, findEndpoint } from '../../store/endpoint-views.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

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
];
