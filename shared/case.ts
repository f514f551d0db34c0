import * as z from 'zod/mini';
import { FAMILIES, SEVERITIES } from './finding.ts';
import { idSchema } from './ids.ts';
import { instantSchema } from './time.ts';

/**
 * `new` nobody has looked at it; `investigating` an analyst works on it; `closed` decided; `merged` another case tells this story;
 * `dissolved` what opened it was taken away before anybody looked.
 */
export const CASE_STATUSES = ['new', 'investigating', 'closed', 'merged', 'dissolved'] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

/** Why a case stands: one critical finding, or several families of findings for one contractor within a fortnight. */
export const triggerSchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('critical'), finding: z.string() }),
  z.strictObject({
    by: z.literal('families'),
    contractor: idSchema,
    families: z.array(z.enum(FAMILIES)),
    findings: z.array(z.string()),
  }),
]);
export type Trigger = Readonly<z.infer<typeof triggerSchema>>;

export const caseSchema = z.strictObject({
  id: z.string(),
  status: z.enum(CASE_STATUSES),
  /** False when what opened it was taken away while somebody worked on it. */
  standing: z.boolean(),
  severity: z.enum(SEVERITIES),
  triggers: z.array(triggerSchema),
  contractors: z.array(idSchema),
  findings: z.array(z.string()),
  mergedInto: z.optional(z.string()),
  openedAt: instantSchema,
  updatedAt: instantSchema,
});
export type Case = Readonly<z.infer<typeof caseSchema>>;

const pointsLineSchema = z.strictObject({
  finding: z.string(),
  rule: z.string(),
  severity: z.enum(SEVERITIES),
  /** Weight of the severity before it decayed. */
  weight: z.number(),
  /** Days since the contradiction was last seen to stand. */
  ageDays: z.number(),
  points: z.number(),
});

/** A sum that can be checked by hand: `points` = `weight` · ½^(`ageDays` / 14), summed by family, each family counted up to its cap. */
export const riskSchema = z.strictObject({
  total: z.number(),
  families: z.array(
    z.strictObject({
      family: z.enum(FAMILIES),
      points: z.number(),
      capped: z.boolean(),
      lines: z.array(pointsLineSchema),
    }),
  ),
});
export type Risk = Readonly<z.infer<typeof riskSchema>>;
