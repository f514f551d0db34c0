import * as z from 'zod/mini';
import { type Policy, policySchema } from '../shared/policy.ts';
import type { SpoolReader } from './spool-reader.ts';

/** The policy that the collector last told, if this version understands it. */
export function rememberedPolicy(spool: Pick<SpoolReader, 'kept'> | undefined): Policy | undefined {
  const text = spool?.kept('policy');
  if (text === undefined) return undefined;
  const result = z.safeParse(policySchema, JSON.parse(text));
  return result.success ? result.data : undefined;
}
