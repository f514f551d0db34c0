import { CodedError } from '../../shared/errors.ts';
import { problemsOf } from '../../shared/problems.ts';
import type { Rule } from './rule.ts';

/** Parsed settings by rule id; a rule that is missing has its defaults. */
export type RuleSettings = ReadonlyMap<string, unknown>;

/** Reads `{ "<rule id>": { "<setting>": value } }`; defaults fill what is left out. Throws SETTINGS_INVALID. */
export function parseSettings(rules: readonly Rule[], input: unknown = {}): RuleSettings {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new CodedError('SETTINGS_INVALID', { reason: 'expected an object of rule ids' });
  }
  const given = new Map<string, unknown>(Object.entries(input));
  const known = new Set(rules.map(({ id }) => id));
  for (const id of given.keys()) {
    if (!known.has(id)) throw new CodedError('SETTINGS_INVALID', { rule: id, reason: 'no such rule' });
  }
  return new Map(
    rules.map((rule) => {
      const parsed = rule.settings.safeParse(given.get(rule.id) ?? {});
      if (parsed.success) return [rule.id, parsed.data];
      throw new CodedError('SETTINGS_INVALID', { rule: rule.id, reason: problemsOf(parsed.error) });
    }),
  );
}
