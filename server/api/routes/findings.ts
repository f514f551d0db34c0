import {
  findingCountsSchema,
  findingFiltersSchema,
  findingsPageSchema,
  findingsQuerySchema,
} from '../../../shared/api/findings.ts';
import { findingDetailSchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { contractorRows } from '../../store/contractor-views.ts';
import { casesWith } from '../../store/finding-views.ts';
import { queueCounts, queuePage } from '../../store/queue.ts';
import { spansById } from '../../store/span-views.ts';
import { historyOf, standingOf } from '../../store/triage.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const findingRoutes: readonly Route[] = [
  reads({
    path: '/findings',
    summary: 'Findings with how the work on them stands, filtered and sorted, a page at a time',
    query: findingsQuerySchema,
    response: findingsPageSchema,
    answer: ({ api, query, session }) => queuePage(api.store.db, query, session?.account ?? ''),
  }),
  reads({
    path: '/findings/counts',
    summary: 'How many findings the filters leave, by severity and status',
    query: findingFiltersSchema,
    response: findingCountsSchema,
    answer: ({ api, query, session }) => queueCounts(api.store.db, query, session?.account ?? ''),
  }),
  reads({
    path: '/findings/:id',
    summary: 'One finding with its rule, the spans that it rests on, whom it concerns and what was done',
    looks: 'finding',
    query: NO_QUERY,
    response: findingDetailSchema,
    answer: async ({ api, params: { id = '' } }) => {
      const { db } = api.store;
      const standing = (await standingOf(db, [id])).get(id);
      if (!standing) throw new CodedError('NOT_FOUND', { finding: id });
      const { finding } = standing;
      return {
        ...standing,
        history: await historyOf(db, 'finding', id),
        cases: await casesWith(db, id),
        rule: api.ruleDoc(finding.rule) ?? null,
        spans: await spansById(db, finding.spans),
        contractors: await contractorRows(db, finding.contractors),
      };
    },
  }),
];
