import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { type RuleDetail, type RuleRow, settingSchema } from '../../shared/api/rules.ts';
import type { Rule } from '../detect/rule.ts';
import type { RuleSettings } from '../detect/settings.ts';
import { ruleDoc } from './rule-doc.ts';

/** What the store and people's decisions say of rules. */
export interface RuleState {
  readonly open: ReadonlyMap<string, number>;
  readonly pending: ReadonlyMap<string, number>;
  readonly configured: RuleSettings;
  readonly inForce: RuleSettings;
}

export function ruleRow(rule: Rule, state: RuleState): RuleRow {
  const { id, title, scope, family, severity, advisories } = rule;
  return {
    id,
    title,
    scope,
    family,
    severity,
    open: state.open.get(id) ?? 0,
    changed: !isDeepStrictEqual(state.inForce.get(id), rule.settings.parse({})),
    pending: state.pending.get(id) ?? 0,
    advisories: advisories.length,
  };
}

/** All that is told of one rule, its settings as JSON Schema with the values that they have; undefined without documentation. */
export function rulePage(rule: Rule, state: RuleState): RuleDetail | undefined {
  const doc = ruleDoc(rule.id);
  if (!doc) return undefined;
  return {
    rule: ruleRow(rule, state),
    doc,
    watches: [...rule.watches],
    reads: [...(rule.reads ?? [])],
    examples: rule.examples.map(({ name, expect }) => ({
      name,
      expect: expect.map(({ severity }) => severity ?? rule.severity),
    })),
    settings: {
      schema: schemaOf(rule),
      defaults: valuesOf(rule.settings.parse({})),
      configured: valuesOf(state.configured.get(rule.id)),
      inForce: valuesOf(state.inForce.get(rule.id)),
    },
  };
}

const objectSchema = z.looseObject({ properties: z.record(z.string(), settingSchema).default({}) });

function schemaOf({ settings }: Rule): RuleDetail['settings']['schema'] {
  return objectSchema.parse(z.toJSONSchema(settings, { io: 'input' })).properties;
}

function valuesOf(settings: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(settings ?? {});
}
