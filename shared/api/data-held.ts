import * as z from 'zod/mini';
import { instantSchema } from '../time.ts';
import { RETENTION_CLASSES } from '../tombstone.ts';
import { holdSchema } from './holds.ts';

/** An erasure that was asked for; it begins when another person agrees, and is null again when it is over. */
export const erasureSchema = z.strictObject({
  requestedBy: z.string(),
  requestedAt: instantSchema,
  reason: z.string(),
  approvedBy: z.nullable(z.string()),
  approvedAt: z.nullable(instantSchema),
});
export type Erasure = Readonly<z.infer<typeof erasureSchema>>;

/** What is held about one person: how much of each class, since when, and for how long. */
export const dataHeldSchema = z.strictObject({
  classes: z.array(
    z.strictObject({
      class: z.enum(RETENTION_CLASSES),
      rows: z.int(),
      oldest: z.nullable(instantSchema),
      keptDays: z.union([z.int(), z.literal('forever')]),
    }),
  ),
  holds: z.array(holdSchema),
  erasure: z.nullable(erasureSchema),
  erasedAt: z.nullable(instantSchema),
});
export type DataHeld = Readonly<z.infer<typeof dataHeldSchema>>;

/** Everything held about one person, in tables for people. */
export const personReportSchema = z.strictObject({
  contractor: z.string(),
  at: instantSchema,
  sections: z.array(
    z.strictObject({
      title: z.string(),
      about: z.string(),
      columns: z.array(z.string()),
      rows: z.array(z.array(z.string())),
    }),
  ),
});
export const reportQuerySchema = z.strictObject({ format: z.optional(z.enum(['html', 'json'])) });
export const erasureRequestSchema = z.strictObject({
  reason: z.string().check(z.minLength(1), z.maxLength(500)),
});
