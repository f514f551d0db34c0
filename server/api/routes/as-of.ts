import { asOfQuerySchema, asOfSchema } from '../../../shared/api/as-of.ts';
import { CodedError } from '../../../shared/errors.ts';
import { asOf } from '../../store/as-of.ts';
import { type Route, reads } from '../route.ts';

export const asOfRoutes: readonly Route[] = [
  reads({
    path: '/contractors/:id/as-of',
    summary: 'What was known of a contractor at a moment: declaration, findings and spans as they stood then',
    query: asOfQuerySchema,
    response: asOfSchema,
    answer: async ({ api, params: { id = '' }, query }) => {
      const known = await asOf(api.store.db, id, query.at);
      if (!known) throw new CodedError('NOT_FOUND', { contractor: id });
      return known;
    },
  }),
];
