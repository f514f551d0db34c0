import * as z from 'zod/mini';
import { RIGHTS } from '../account.ts';
import { idSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

const scopesSchema = z.array(z.enum(RIGHTS)).check(z.minLength(1), z.maxLength(RIGHTS.length));
const nameSchema = z.string().check(z.trim(), z.minLength(1), z.maxLength(100));

export const apiTokenSchema = z.strictObject({
  id: z.string(),
  name: nameSchema,
  /** Whose role bounds what it may do, as that role is now. */
  account: idSchema,
  scopes: z.array(z.enum(RIGHTS)),
  createdAt: instantSchema,
  createdBy: z.string(),
  expiresAt: instantSchema,
  /** To the minute. */
  usedAt: z.nullable(instantSchema),
  revokedAt: z.nullable(instantSchema),
});
export type ApiToken = Readonly<z.infer<typeof apiTokenSchema>>;

export const apiTokensSchema = z.strictObject({ tokens: z.array(apiTokenSchema) });

export const newApiTokenSchema = z.strictObject({
  name: nameSchema,
  scopes: scopesSchema,
  /** A year from now at most. */
  expiresAt: instantSchema,
  /** Whom it belongs to; whoever asks, where left out. */
  account: z.optional(idSchema),
});
export type NewApiToken = Readonly<z.infer<typeof newApiTokenSchema>>;

/** The only time that the token itself is told. */
export const madeApiTokenSchema = z.strictObject({ token: z.string(), made: apiTokenSchema });
