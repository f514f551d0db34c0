import * as z from 'zod/mini';
import { ROLES } from '../account.ts';
import { idSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

/** How somebody proves to be an account. */
export const WAYS = ['link', 'password', 'oidc'] as const;
export type Way = (typeof WAYS)[number];

export const accountSchema = z.strictObject({
  name: idSchema,
  role: z.enum(ROLES),
  /** Besides a link, which an administrator can make for every account. */
  ways: z.array(z.enum(WAYS)),
  createdAt: instantSchema,
  disabledAt: z.nullable(instantSchema),
  lastSignInAt: z.nullable(instantSchema),
  /** Grows with every change of role or state; name it to change the account. */
  version: z.int(),
});
export type Account = Readonly<z.infer<typeof accountSchema>>;
