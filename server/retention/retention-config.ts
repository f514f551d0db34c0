import { z } from 'zod';

/** Rules look back 30 days, and late spools need some more. */
const LEAST_DAYS = 45;

const kept = (days: number | 'forever', what: string) =>
  z
    .union([z.literal('forever'), z.int().min(LEAST_DAYS).max(36_500)])
    .default(days)
    .describe(what);

/** Days that each class of data is kept, or `forever`. */
export const retentionSchema = z.strictObject({
  evidence: kept(400, 'Sealed batches, by their arrival.'),
  spans: kept(400, 'Spans that have ended, with visits, by their end.'),
  findings: kept(730, 'Findings that are not open, by their last change, and what they were before.'),
  cases: kept(1_095, 'Cases that are over, by their last change.'),
  actions: kept('forever', 'The action log, from its start.'),
  declarations: kept(1_095, 'Declarations that another one took the place of, by the moment it did.'),
});

export type Retention = Readonly<z.infer<typeof retentionSchema>>;
