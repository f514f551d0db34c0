import { ruleDetailSchema, rulesSchema } from '../../../shared/api/rules.ts';
import { CodedError } from '../../../shared/errors.ts';
import { RULES } from '../../detect/rules/index.ts';
import { type RuleState, rulePage, ruleRow } from '../../detector/rule-page.ts';
import { ruleCounts } from '../../store/rule-views.ts';
import type { Api } from '../options.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const ruleRoutes: readonly Route[] = [
  reads({
    path: '/rules',
    summary: 'All rules with their open findings and whether their settings were changed',
    query: NO_QUERY,
    response: rulesSchema,
    answer: async ({ api }) => {
      const state = await stateOf(api);
      return { rules: RULES.map((rule) => ruleRow(rule, state)) };
    },
  }),
  reads({
    path: '/rules/:id',
    summary: 'One rule: what it says of itself, its settings as JSON Schema, and the values that they have',
    query: NO_QUERY,
    response: ruleDetailSchema,
    answer: async ({ api, params: { id = '' } }) => {
      const rule = RULES.find((known) => known.id === id);
      const page = rule && rulePage(rule, await stateOf(api));
      if (!page) throw new CodedError('NOT_FOUND', { rule: id });
      return page;
    },
  }),
];

async function stateOf({ store, proposed }: Api): Promise<RuleState> {
  return { ...(await ruleCounts(store.db)), ...(await proposed.settings()) };
}
