import * as z from 'zod/mini';
import { idSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

export const tokenRowSchema = z.strictObject({
  id: z.string(),
  /** Null where each machine becomes an undeclared contractor of its own. */
  contractor: z.nullable(idSchema),
  usesLeft: z.number(),
  createdAt: instantSchema,
  createdBy: z.string(),
  expiresAt: instantSchema,
  revokedAt: z.nullable(instantSchema),
  /** How often somebody tried it in vain. */
  refused: z.number(),
  /** Endpoints that came by it. */
  enrolled: z.number(),
});
/** Newest first, 500 at most; never a secret. */
export const tokensSchema = z.strictObject({ tokens: z.array(tokenRowSchema) });

export const newTokenSchema = z.strictObject({
  contractor: z.optional(idSchema),
  uses: z.int().check(z.minimum(1), z.maximum(100_000)),
  hours: z.int().check(z.minimum(1), z.maximum(8_784)),
});
/** The only time that the text is told. */
export const madeTokenSchema = z.strictObject({
  id: z.string(),
  text: z.string(),
  /** Where agents will go with it. */
  url: z.string(),
  expiresAt: instantSchema,
});

export type TokenRow = z.infer<typeof tokenRowSchema>;
export type NewTokenRequest = z.infer<typeof newTokenSchema>;
export type MadeToken = z.infer<typeof madeTokenSchema>;
