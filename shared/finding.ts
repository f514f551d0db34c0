import * as z from 'zod/mini';
import { idSchema, slugSchema } from './ids.ts';
import { instantSchema } from './time.ts';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export const FAMILIES = ['remote-access', 'hardware', 'egress', 'presence', 'identity', 'tamper'] as const;

/**
 * `open` the contradiction stands, whether or not it goes on; `expected` an exception covers it; `retracted` later evidence or
 * a changed declaration took it away (kept, with the reason); `undetermined` the evidence that the rule needs was not there.
 */
export const OUTCOMES = ['open', 'expected', 'retracted', 'undetermined'] as const;

export type Severity = (typeof SEVERITIES)[number];
export type Family = (typeof FAMILIES)[number];
export type Outcome = (typeof OUTCOMES)[number];
export type Scope = 'contractor' | 'place';

/** One line of a finding's reckoning: `declared countries` `US`, `observed country` `PL`. */
export const figureSchema = z.strictObject({ label: z.string(), value: z.string() });
export type Figure = Readonly<z.infer<typeof figureSchema>>;

export const findingSchema = z.strictObject({
  id: z.string(),
  rule: slugSchema,
  title: z.string(),
  family: z.enum(FAMILIES),
  scope: z.enum(['contractor', 'place']),
  /** Contractor id, or place such as `egress:198.51.100.7`. */
  subject: z.string(),
  contractors: z.array(idSchema),
  severity: z.enum(SEVERITIES),
  /** What tells this finding from others of the same rule and subject. */
  key: z.string(),
  reason: z.string(),
  arithmetic: z.array(figureSchema),
  /** Ids of the spans that it rests on. */
  spans: z.array(z.string()),
  from: instantSchema,
  /** Null while it goes on. */
  to: z.nullable(instantSchema),
  /** When the latest of what it rests on besides ended, if that was before `from`. */
  restsFrom: z.optional(instantSchema),
  outcome: z.enum(OUTCOMES),
  /** Why it was retracted or is expected. */
  outcomeReason: z.optional(z.string()),
  foundAt: instantSchema,
  updatedAt: instantSchema,
});
export type Finding = Readonly<z.infer<typeof findingSchema>>;
