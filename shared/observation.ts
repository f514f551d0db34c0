import * as z from 'zod/mini';
import { type Fact, type FactIdentity, factIdentitySchema, factSchema } from './facts.ts';
import { type Instant, instantSchema } from './time.ts';

const stamp = {
  /** 1 for the first observation of an epoch, then one more each. */
  seq: z.int().check(z.minimum(1), z.maximum(Number.MAX_SAFE_INTEGER)),
  /** The agent's wall clock. */
  at: instantSchema,
  /** Milliseconds on a clock that is never set and counts from the boot named in hello. */
  mono: z.number().check(z.minimum(0)),
};

export const observationSchema = z.discriminatedUnion('change', [
  z.strictObject({ ...stamp, change: z.literal('began'), fact: factSchema }),
  z.strictObject({ ...stamp, change: z.literal('ended'), fact: factIdentitySchema }),
  z.strictObject({ ...stamp, change: z.literal('noted'), fact: factSchema }),
]);

export type Observation = Readonly<z.infer<typeof observationSchema>>;

/** What happened to a fact. A second `began` of the same identity ends the first at that moment and starts anew. */
export type Change =
  | { readonly change: 'began' | 'noted'; readonly fact: Fact }
  | { readonly change: 'ended'; readonly fact: FactIdentity };

export type TimedChange = Change & { readonly at: Instant };
