import type { RuleDoc } from '../../shared/api.ts';
import { ADVISORIES } from '../../shared/catalog/index.ts';
import { RULES } from '../detect/rules/index.ts';

/** What a rule says of itself, with the indicators that it answers; undefined for a rule of another version. */
export function ruleDoc(id: string): RuleDoc | undefined {
  const rule = RULES.find((known) => known.id === id);
  if (!rule) return undefined;
  const { title, attack, contradicts, falsePositives, blindSpots, triage } = rule;
  const advisories = ADVISORIES.filter((advisory) => rule.advisories.includes(advisory.id));
  return {
    id,
    title,
    advisories: [...advisories],
    attack: [...attack],
    contradicts: [...contradicts],
    falsePositives: [...falsePositives],
    blindSpots: [...blindSpots],
    triage: [...triage],
  };
}
