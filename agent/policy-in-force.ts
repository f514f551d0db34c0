import * as z from 'zod/mini';
import { DEFAULT_POLICY, type Policy, policySchema } from '../shared/policy.ts';
import { type Instant, instantSchema } from '../shared/time.ts';
import type { SpoolReader } from './spool-reader.ts';

const keptSchema = z.strictObject({ policy: policySchema, toldAt: instantSchema });

export interface PolicyInForce {
  readonly policy: Policy;
  /** When the collector told it; absent while it has told none that this version understands. */
  readonly toldAt?: Instant;
}

/** Until the collector has said what its policy is, account names are not written down: it may want them hashed. */
const CAUTIOUS_POLICY: Policy = { ...DEFAULT_POLICY, userNames: 'hashed' };

export function policyInForce(spool: Pick<SpoolReader, 'kept'> | undefined): PolicyInForce {
  const text = spool?.kept('policy');
  const result = text === undefined ? undefined : z.safeParse(keptSchema, JSON.parse(text));
  return result?.success ? result.data : { policy: CAUTIOUS_POLICY };
}

/** The text under which the spool keeps it. */
export function policyToKeep(policy: Policy, toldAt: Instant): string {
  return JSON.stringify({ policy, toldAt });
}
