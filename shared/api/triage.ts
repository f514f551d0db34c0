import * as z from 'zod/mini';
import { stepSchema, triageChangeSchema, triageSchema } from '../triage.ts';

/** `version` is the one that the person saw: a newer one answers CONFLICT with what became of it meanwhile. */
export const triageRequestSchema = z.strictObject({
  version: z.int().check(z.minimum(0)),
  ...triageChangeSchema.shape,
});
export type TriageRequest = Readonly<z.infer<typeof triageRequestSchema>>;

/** Where the work stands, and everything that was done, in order. */
export const triageStateSchema = z.strictObject({ triage: triageSchema, history: z.array(stepSchema) });
export type TriageState = Readonly<z.infer<typeof triageStateSchema>>;

const MOST_AT_ONCE = 200;

export const bulkTriageSchema = z.strictObject({
  findings: z
    .array(z.strictObject({ id: z.string().check(z.maxLength(200)), version: z.int().check(z.minimum(0)) }))
    .check(z.minLength(1), z.maxLength(MOST_AT_ONCE)),
  change: triageChangeSchema,
});
export type BulkTriage = Readonly<z.infer<typeof bulkTriageSchema>>;

/** One for each finding that was asked for, in that order. */
export const bulkResultSchema = z.strictObject({
  results: z.array(
    z.strictObject({
      id: z.string(),
      /** Absent where it was done. */
      code: z.optional(z.enum(['CONFLICT', 'NOT_FOUND'])),
      /** How it stands now. */
      triage: z.optional(triageSchema),
    }),
  ),
});
export type BulkResult = Readonly<z.infer<typeof bulkResultSchema>>;
