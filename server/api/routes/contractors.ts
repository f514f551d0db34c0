import {
  contractorLabelsQuerySchema,
  contractorLabelsSchema,
  contractorsQuerySchema,
  contractorsSchema,
} from '../../../shared/api/contractors.ts';
import { contractorDetailSchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import { contractorLabels, contractorsPage } from '../../store/contractor-lists.ts';
import { findContractor } from '../../store/contractor-views.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const contractorRoutes: readonly Route[] = [
  reads({
    path: '/contractors',
    summary: 'Contractors with what they declared and how many findings are open, a page at a time',
    query: contractorsQuerySchema,
    response: contractorsSchema,
    answer: ({ api, query }) => contractorsPage(api.store.db, query),
  }),
  reads({
    path: '/contractor-labels',
    summary: 'What people call these contractors',
    query: contractorLabelsQuerySchema,
    response: contractorLabelsSchema,
    answer: async ({ api, query }) => ({
      labels: await contractorLabels(api.store.db, query.ids.split(',')),
    }),
  }),
  reads({
    path: '/contractors/:id',
    summary: 'One contractor with endpoints, latest findings and latest spans',
    query: NO_QUERY,
    response: contractorDetailSchema,
    answer: async ({ api, params: { id = '' } }) => {
      const contractor = await findContractor(api.store.db, id, instant(api.clock()));
      if (!contractor) throw new CodedError('NOT_FOUND', { contractor: id });
      return contractor;
    },
  }),
];
