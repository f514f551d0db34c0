import { advisoriesSchema } from '../../../shared/api.ts';
import { advisoryCoverage } from '../../detect/advisory-coverage.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const advisoryRoutes: readonly Route[] = [
  reads({
    path: '/advisories',
    summary: 'Every indicator of the published advisories, with the rules that answer it or why none does',
    query: NO_QUERY,
    response: advisoriesSchema,
    answer: async () => [...advisoryCoverage()],
  }),
];
