import * as z from 'zod/mini';
import { ruleDocSchema } from '../api.ts';
import { FAMILIES, SEVERITIES } from '../finding.ts';
import { slugSchema } from '../ids.ts';

export const ruleRowSchema = z.strictObject({
  id: slugSchema,
  title: z.string(),
  scope: z.enum(['contractor', 'place']),
  family: z.enum(FAMILIES),
  severity: z.enum(SEVERITIES),
  /** Open findings. */
  open: z.number(),
  /** Its settings in force are not its defaults. */
  changed: z.boolean(),
  /** Changes of its settings that wait for a second person. */
  pending: z.number(),
  advisories: z.number(),
});
export const rulesSchema = z.strictObject({ rules: z.array(ruleRowSchema) });

const valuesSchema = z.record(z.string(), z.unknown());
/** One setting, in the words of JSON Schema. */
export const settingSchema = z.looseObject({
  type: z.optional(z.string()),
  description: z.optional(z.string()),
  minimum: z.optional(z.number()),
  maximum: z.optional(z.number()),
  minItems: z.optional(z.number()),
  maxItems: z.optional(z.number()),
  items: z.optional(z.looseObject({ type: z.optional(z.string()), enum: z.optional(z.array(z.string())) })),
});
export const ruleDetailSchema = z.strictObject({
  rule: ruleRowSchema,
  doc: ruleDocSchema,
  /** Kinds of fact without which it gives no verdict, and those that it looks at besides. */
  watches: z.array(z.string()),
  reads: z.array(z.string()),
  /** Examples that are its tests: what each must give, nothing where it must stay silent. */
  examples: z.array(z.strictObject({ name: z.string(), expect: z.array(z.enum(SEVERITIES)) })),
  settings: z.strictObject({
    schema: z.record(z.string(), settingSchema),
    defaults: valuesSchema,
    /** Defaults with what the collector's configuration says: in force as long as nobody approved anything else. */
    configured: valuesSchema,
    inForce: valuesSchema,
  }),
});

export type RuleRow = z.infer<typeof ruleRowSchema>;
export type RuleDetail = z.infer<typeof ruleDetailSchema>;
export type Setting = z.infer<typeof settingSchema>;
