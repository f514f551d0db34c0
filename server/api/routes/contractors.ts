import { contractorDetailSchema, contractorsSchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import { contractorRows, findContractor } from '../../store/contractor-views.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const contractorRoutes: readonly Route[] = [
  reads({
    path: '/contractors',
    summary: 'All contractors with what they declared and how many findings are open',
    query: NO_QUERY,
    response: contractorsSchema,
    answer: async ({ api }) => ({ contractors: await contractorRows(api.store.db) }),
  }),
  reads({
    path: '/contractors/:id',
    summary: 'One contractor with endpoints, latest findings and latest spans',
    looks: 'contractor',
    query: NO_QUERY,
    response: contractorDetailSchema,
    answer: async ({ api, params: { id = '' } }) => {
      const contractor = await findContractor(api.store.db, id, instant(api.clock()));
      if (!contractor) throw new CodedError('NOT_FOUND', { contractor: id });
      return contractor;
    },
  }),
];
