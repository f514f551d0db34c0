import * as z from 'zod/mini';
import { instantSchema } from '../time.ts';

const words = z.string().check(z.minLength(1), z.maxLength(500));

export const holdRequestSchema = z.strictObject({
  scope: z.enum(['contractor', 'case']),
  subject: z.string().check(z.minLength(1), z.maxLength(128)),
  reason: words,
});
export type HoldRequest = Readonly<z.infer<typeof holdRequestSchema>>;

/** Whoever or whatever must not be purged or erased until two people said so. */
export const holdSchema = z.strictObject({
  id: z.string(),
  ...holdRequestSchema.shape,
  placedBy: z.string(),
  placedAt: instantSchema,
  /** Who asked for the release; it needs another person. */
  releaseBy: z.nullable(z.string()),
  releaseAt: z.nullable(instantSchema),
  releaseReason: z.nullable(z.string()),
  releasedBy: z.nullable(z.string()),
  releasedAt: z.nullable(instantSchema),
});
export type Hold = Readonly<z.infer<typeof holdSchema>>;

export const holdsSchema = z.strictObject({ holds: z.array(holdSchema) });
export const releaseSchema = z.strictObject({ reason: words });
