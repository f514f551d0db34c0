import * as z from 'zod/mini';
import { spanSchema } from '../api.ts';
import { declarationSchema } from '../declaration.ts';
import { findingSchema } from '../finding.ts';
import { instantSchema } from '../time.ts';

export const asOfQuerySchema = z.strictObject({ at: instantSchema });

/** What was known of a contractor at a moment, whatever was learned since. */
export const asOfSchema = z.strictObject({
  at: instantSchema,
  declaration: z.nullable(declarationSchema),
  /** As they stood then; words and figures to within the hour while a contradiction went on. */
  findings: z.array(findingSchema),
  /** The latest 200 that were known by then, each with its end only if that was known too. */
  spans: z.array(spanSchema),
  /** False where the moment lies before history began, or some of it was purged or erased since. */
  complete: z.boolean(),
  /** Why it is not complete, in a sentence. */
  note: z.optional(z.string()),
});
export type AsOf = Readonly<z.infer<typeof asOfSchema>>;
