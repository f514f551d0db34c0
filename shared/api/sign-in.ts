import * as z from 'zod/mini';
import { instantSchema } from '../time.ts';
import { accountSchema, WAYS } from './account.ts';

/** A console sends it with what it asks by itself, so that a session ends when nobody sits before it. */
export const UNATTENDED_HEADER = 'farhand-unattended';

/** How people may sign in here. */
export const signInOptionsSchema = z.strictObject({
  ways: z.array(z.enum(WAYS)),
  /** What the identity provider is called, where one is configured. */
  oidc: z.nullable(z.strictObject({ label: z.string() })),
});

/** Whatever the lengths, the answer to a wrong pair is the same; beyond them nothing is looked at. */
export const passwordSignInSchema = z.strictObject({
  account: z.string().check(z.minLength(1), z.maxLength(64)),
  password: z.string().check(z.minLength(1), z.maxLength(256)),
});
export type PasswordSignIn = Readonly<z.infer<typeof passwordSignInSchema>>;

export const newPasswordSchema = z.strictObject({
  password: z.string().check(z.minLength(1), z.maxLength(256)),
  /** The one before, unless a link opened this session within the last half hour. */
  old: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
});
export type NewPassword = Readonly<z.infer<typeof newPasswordSchema>>;

export const sessionsSchema = z.strictObject({
  account: accountSchema,
  /** True while a link opened this session so lately that a password can be set without the old one. */
  freshLink: z.boolean(),
  sessions: z.array(
    z.strictObject({
      id: z.string(),
      way: z.enum(WAYS),
      source: z.string(),
      createdAt: instantSchema,
      usedAt: instantSchema,
      expiresAt: instantSchema,
      /** The one that asks. */
      current: z.boolean(),
    }),
  ),
});
export type Sessions = Readonly<z.infer<typeof sessionsSchema>>;
