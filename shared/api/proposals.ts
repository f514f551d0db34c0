import * as z from 'zod/mini';
import { findingSchema } from '../finding.ts';
import { PROPOSAL_STATUSES, proposalSchema } from '../proposal.ts';
import { pageQuery } from './page.ts';

export const proposalsQuerySchema = z.strictObject({
  status: z.optional(z.enum(PROPOSAL_STATUSES)),
  kind: z.optional(z.enum(['exception', 'settings'])),
  /** Contractor id of exceptions, rule id of settings. */
  subject: z.optional(z.string().check(z.maxLength(64))),
  ...pageQuery,
});
export const proposalRowSchema = z.strictObject({
  ...proposalSchema.shape,
  /** How many findings are expected because of it now. */
  covers: z.number(),
});
/** Latest request first. */
export const proposalsSchema = z.strictObject({
  proposals: z.array(proposalRowSchema),
  next: z.nullable(z.string()),
});
export const proposalDetailSchema = z.strictObject({
  proposal: proposalRowSchema,
  /** The findings that are expected because of it now, latest change first; 200 at most. */
  covers: z.array(findingSchema),
});

export type ProposalsQuery = z.infer<typeof proposalsQuerySchema>;
export type ProposalsPage = z.infer<typeof proposalsSchema>;
export type ProposalRow = z.infer<typeof proposalRowSchema>;
export type ProposalDetail = z.infer<typeof proposalDetailSchema>;
