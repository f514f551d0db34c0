import { searchQuerySchema, searchResultSchema } from '../../../shared/api/desk.ts';
import { RULES } from '../../detect/rules/index.ts';
import { search } from '../../store/search.ts';
import { type Route, reads } from '../route.ts';

const MOST_RULES = 20;

export const searchRoutes: readonly Route[] = [
  reads({
    path: '/search',
    summary: 'Contractors, endpoints, rules and open findings that are called so, 20 of each at most',
    query: searchQuerySchema,
    response: searchResultSchema,
    answer: async ({ api, query: { q } }) => ({ ...(await search(api.store.db, q)), rules: rulesCalled(q) }),
  }),
];

function rulesCalled(q: string): { id: string; title: string }[] {
  const wanted = q.toLowerCase();
  return RULES.filter(({ id, title }) => `${id} ${title}`.toLowerCase().includes(wanted))
    .slice(0, MOST_RULES)
    .map(({ id, title }) => ({ id, title }));
}
