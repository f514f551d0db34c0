import { findingDetailSchema, findingsPageSchema, findingsQuerySchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { contractorRows } from '../../store/contractor-views.ts';
import { findFinding, findFindings } from '../../store/finding-views.ts';
import { spansById } from '../../store/span-views.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const findingRoutes: readonly Route[] = [
  reads({
    path: '/findings',
    summary: 'Findings, newest change first, a page at a time',
    query: findingsQuerySchema,
    response: findingsPageSchema,
    answer: ({ api, query }) => findFindings(api.store.db, query),
  }),
  reads({
    path: '/findings/:id',
    summary: 'One finding with its rule, the spans that it rests on and whom it concerns',
    looks: 'finding',
    query: NO_QUERY,
    response: findingDetailSchema,
    answer: async ({ api, params: { id = '' } }) => {
      const { db } = api.store;
      const finding = await findFinding(db, id);
      if (!finding) throw new CodedError('NOT_FOUND', { finding: id });
      return {
        finding,
        rule: api.ruleDoc(finding.rule) ?? null,
        spans: await spansById(db, finding.spans),
        contractors: await contractorRows(db, finding.contractors),
      };
    },
  }),
];
