import * as z from 'zod/mini';
import { instantSchema } from '../time.ts';

/** One row of the action log. `hash` is SHA-256 over the JSON array of prev, at, actor, source, action, subject and detail as stored. */
export const actionSchema = z.strictObject({
  id: z.int(),
  at: instantSchema,
  actor: z.string(),
  source: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
});
export type ActionRow = Readonly<z.infer<typeof actionSchema>>;

const wordSchema = z.string().check(z.minLength(1), z.maxLength(200));

export const actionsQuerySchema = z.strictObject({
  actor: z.optional(wordSchema),
  /** A whole action such as `account.role`, or its noun alone. */
  action: z.optional(wordSchema),
  subject: z.optional(wordSchema),
  from: z.optional(instantSchema),
  to: z.optional(instantSchema),
  cursor: z.optional(z.string().check(z.regex(/^\d{1,15}$/))),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(500)), 100),
});
export type ActionsQuery = Readonly<z.infer<typeof actionsQuerySchema>>;

/** Newest first. */
export const actionsPageSchema = z.strictObject({
  actions: z.array(actionSchema),
  next: z.nullable(z.string()),
});

/** Whether every row follows from the one before it. Keep `count` and `head` elsewhere: a removed end shows only by comparing. */
export const actionsVerdictSchema = z.union([
  z.strictObject({ intact: z.literal(true), count: z.int(), head: z.string() }),
  z.strictObject({ intact: z.literal(false), brokenAt: z.int() }),
]);
