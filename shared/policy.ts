import * as z from 'zod/mini';

const seconds = z.int().check(z.minimum(1), z.maximum(86_400));

/** How agents look: the only thing besides acks that a collector tells them. It can name no program, path or query. */
export const policySchema = z.strictObject({
  version: z.string().check(z.minLength(1), z.maxLength(32)),
  /** Seconds between two rounds of a probe, by probe name; a probe that is not named keeps its own cadence. */
  everySeconds: z._default(z.record(z.string().check(z.maxLength(32)), seconds), {}),
  /** `hashed` sends account names as keyed hashes. */
  userNames: z._default(z.enum(['plain', 'hashed']), 'plain'),
});

export type Policy = Readonly<z.infer<typeof policySchema>>;

export const DEFAULT_POLICY: Policy = { version: 'default', everySeconds: {}, userNames: 'plain' };
