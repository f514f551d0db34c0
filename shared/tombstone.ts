import * as z from 'zod/mini';
import { instantSchema } from './time.ts';

export const RETENTION_CLASSES = [
  'evidence',
  'spans',
  'findings',
  'cases',
  'actions',
  'declarations',
] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

const count = z.int().check(z.minimum(0));

/**
 * What is left of what was purged or erased. It is signed with the collector's key over `tombstoneText(body)`, where `body` is this as
 * JSON, exactly as it is stored.
 */
export const tombstoneSchema = z.strictObject({
  format: z.literal('farhand-tombstone.v1'),
  /** `erasure` stands for a whole person; the classes that went with it have tombstones of their own. */
  class: z.enum([...RETENTION_CLASSES, 'erasure']),
  cause: z.enum(['retention', 'erasure']),
  /** Null where rows of several contractors went together. */
  contractor: z.nullable(z.string()),
  /** Times of the oldest and the youngest that went. */
  from: instantSchema,
  until: instantSchema,
  at: instantSchema,
  /** Rows that went; of erased evidence the seals stay, so there these are payloads. */
  rows: count,
  /** dₙ = SHA-256(dₙ₋₁ as 32 bytes ‖ row as JSON), from 32 zero bytes on; hex. Whoever has a backup can reckon it again. */
  digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** Of evidence: which part of which chain, and where the chain goes on. */
  evidence: z.optional(
    z.strictObject({
      endpoint: z.string(),
      epoch: z.string(),
      first: count,
      last: count,
      batches: count,
      observations: count,
      /** `prev` of the first batch and `hash` of the last. */
      headBefore: z.string(),
      headAfter: z.string(),
    }),
  ),
  /** Of the action log: the last row that went, and its hash, which the next row follows. */
  actions: z.optional(z.strictObject({ through: count, head: z.string() })),
  /** Of an erasure: who asked, who approved, why. */
  erasure: z.optional(
    z.strictObject({ requestedBy: z.string(), approvedBy: z.string(), reason: z.string() }),
  ),
});
export type Tombstone = Readonly<z.infer<typeof tombstoneSchema>>;

export function tombstoneText(body: string): string {
  return `farhand.v1 tombstone\n${body}`;
}
