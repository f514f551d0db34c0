import * as z from 'zod/mini';
import { permissionSchema } from './exception.ts';
import { idSchema, slugSchema } from './ids.ts';
import { instantSchema } from './time.ts';

/** `ended` was approved, and somebody put an end to it before its time. */
export const PROPOSAL_STATUSES = ['pending', 'approved', 'rejected', 'ended'] as const;

const words = z.string().check(z.minLength(1), z.maxLength(500));

const scalar = z.union([z.string().check(z.maxLength(500)), z.number(), z.boolean()]);
const settingSchema = z.union([scalar, z.array(scalar).check(z.maxLength(200))]);

/** What is proposed: a permission for one contractor, or what one rule's settings are to be. `{}` gives a rule its defaults back. */
export const changeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exception'), permission: permissionSchema }),
  z.strictObject({
    kind: z.literal('settings'),
    rule: slugSchema,
    settings: z.record(z.string().check(z.maxLength(64)), settingSchema),
  }),
]);
export type Change = Readonly<z.infer<typeof changeSchema>>;

export const proposalSchema = z.strictObject({
  id: idSchema,
  change: changeSchema,
  reason: words,
  status: z.enum(PROPOSAL_STATUSES),
  requestedBy: z.string(),
  requestedAt: instantSchema,
  decidedBy: z.optional(z.string()),
  decidedAt: z.optional(instantSchema),
  /** Why it was decided so. */
  decision: z.optional(words),
  endedBy: z.optional(z.string()),
  endedAt: z.optional(instantSchema),
});
export type Proposal = Readonly<z.infer<typeof proposalSchema>>;

/** What a person sends to ask for a change. */
export const requestSchema = z.strictObject({ change: changeSchema, reason: words });
export type ChangeRequest = Readonly<z.infer<typeof requestSchema>>;

/** What another person answers. `end` needs no second pair of eyes: it hides nothing. */
export const decisionSchema = z.strictObject({ decide: z.enum(['approve', 'reject', 'end']), reason: words });
export type Decision = Readonly<z.infer<typeof decisionSchema>>;
