import * as z from 'zod/mini';

/** What an agent may cost: CPU in percent of one core over five minutes, its children included, and resident memory. */
const ceilingSchema = z.strictObject({
  cpuPercent: z._default(z.number().check(z.minimum(0.1), z.maximum(100)), 1),
  memoryMb: z._default(z.int().check(z.minimum(16), z.maximum(4_096)), 120),
});

const seconds = z.int().check(z.minimum(1), z.maximum(86_400));

/** How agents look: the only thing besides acks that a collector tells them. It can name no program, path or query. */
export const policySchema = z.strictObject({
  version: z.string().check(z.minLength(1), z.maxLength(32)),
  /** Seconds between two rounds of a probe, by probe name; a probe that is not named keeps its own cadence. */
  everySeconds: z._default(z.record(z.string().check(z.maxLength(32)), seconds), {}),
  /** `hashed` sends account names as keyed hashes. */
  userNames: z._default(z.enum(['plain', 'hashed']), 'plain'),
  /** The agent looks less often rather than cost more. Left out by those who keep the defaults, so that older agents understand. */
  ceiling: z.optional(ceilingSchema),
});

export type Ceiling = Readonly<z.infer<typeof ceilingSchema>>;
export type Policy = Readonly<z.infer<typeof policySchema>>;

export const DEFAULT_POLICY: Policy = { version: 'default', everySeconds: {}, userNames: 'plain' };

export const DEFAULT_CEILING: Ceiling = { cpuPercent: 1, memoryMb: 120 };
