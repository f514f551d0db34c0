import * as z from 'zod/mini';
import { packScopeSchema } from '../pack.ts';
import { instantSchema } from '../time.ts';

const count = z.int().check(z.minimum(0));

/** An audit pack that somebody asked for. */
export const exportSchema = z.strictObject({
  id: z.string(),
  status: z.enum(['running', 'done', 'failed']),
  scope: packScopeSchema,
  requestedBy: z.string(),
  requestedAt: instantSchema,
  finishedAt: z.nullable(instantSchema),
  /** Name of the file, once it is done. */
  file: z.nullable(z.string()),
  bytes: z.nullable(count),
  records: z.nullable(count),
  /** Why it failed: a code of `ERRORS`. */
  failure: z.nullable(z.string()),
  /** How far it is while it runs. */
  progress: z.optional(z.strictObject({ files: count, of: count, records: count })),
});
export type Export = Readonly<z.infer<typeof exportSchema>>;

export const exportsSchema = z.strictObject({
  exports: z.array(exportSchema),
  /** Fingerprint of the key that signs, to be noted down elsewhere. */
  fingerprint: z.string(),
});
