import { actionsPageSchema, actionsQuerySchema, actionsVerdictSchema } from '../../../shared/api/action.ts';
import { actionsPage } from '../../store/action-views.ts';
import { verifyActions } from '../../store/actions.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const actionRoutes: readonly Route[] = [
  reads({
    path: '/actions',
    summary: 'The action log, newest first, a page at a time',
    right: 'audit',
    query: actionsQuerySchema,
    response: actionsPageSchema,
    answer: ({ api, query }) => actionsPage(api.store.db, query),
  }),
  reads({
    path: '/actions/verify',
    summary:
      'Recomputes the action log from its first row and tells whether each follows from the one before',
    right: 'audit',
    query: NO_QUERY,
    response: actionsVerdictSchema,
    answer: ({ api }) => verifyActions(api.store.db),
  }),
];
