import * as z from 'zod/mini';
import { CodedError } from './errors.ts';
import { FACT_KINDS, FACTS } from './facts.ts';
import { bytes32Schema, epochSchema, idSchema, signatureSchema } from './ids.ts';
import { mirrorReplySchema } from './mirror.ts';
import { type Observation, observationSchema } from './observation.ts';
import { policySchema } from './policy.ts';
import { problemsOf } from './problems.ts';
import { instantSchema } from './time.ts';

export const SUBPROTOCOL = 'farhand.v1';
export const AGENT_PATH = '/agent';
export const ENROLL_PATH = '/enroll';

/** Limits of the wire, kept by both sides. Bytes are UTF-8. */
export const LIMITS = {
  frameBytes: 256 * 1024,
  batchObservations: 500,
  helloTimeoutMs: 10_000,
  pingEveryMs: 30_000,
} as const;

const seq = z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER));
const credits = z.int().check(z.minimum(0), z.maximum(1_000));

const challengeSchema = z.strictObject({
  type: z.literal('challenge'),
  nonce: bytes32Schema,
  time: instantSchema,
});

export const helloSchema = z.strictObject({
  type: z.literal('hello'),
  endpoint: idSchema,
  epoch: epochSchema,
  /** The first sequence number still in the spool: what lies below was delivered or had to be dropped. */
  oldest: seq.check(z.minimum(1)),
  /** The sequence number that the next observation will get. */
  next: seq.check(z.minimum(1)),
  /** Names the boot of the machine: it changes when the machine starts anew. */
  boot: z.string().check(z.minLength(1), z.maxLength(64)),
  /** Version of the agent. */
  agent: z.string().check(z.minLength(1), z.maxLength(32)),
  time: instantSchema,
  signature: signatureSchema,
});

export const welcomeSchema = z.strictObject({
  type: z.literal('welcome'),
  /** Through which sequence number of this epoch everything is committed; 0 for a new epoch. */
  acked: seq,
  credits,
  policy: policySchema,
  /** Version of the collector's catalog. Agents carry their own; this one only tells a difference. */
  catalog: z.string().check(z.maxLength(32)),
  time: instantSchema,
});

/** What a mirror answered to the `count`th question on this connection; each count is larger than the one before. */
export const mirroredSchema = z.strictObject({
  type: z.literal('mirrored'),
  count: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  ...mirrorReplySchema.shape,
});

export const batchHeaderSchema = z.strictObject({
  type: z.literal('batch'),
  epoch: epochSchema,
  first: seq.check(z.minimum(1)),
  last: seq.check(z.minimum(1)),
  prev: bytes32Schema,
  hash: bytes32Schema,
  signature: signatureSchema,
});

export const batchPayloadSchema = z.strictObject({
  sealedAt: instantSchema,
  observations: z.array(observationSchema).check(z.minLength(1), z.maxLength(LIMITS.batchObservations)),
  /** How many observations of each kind the batch's missing numbers were: a full spool had no room for them. */
  dropped: z.optional(z.partialRecord(z.enum(FACT_KINDS), seq.check(z.minimum(1)))),
});

const ackSchema = z.strictObject({
  type: z.literal('ack'),
  epoch: epochSchema,
  through: seq,
  credits,
});
const policyFrameSchema = z.strictObject({ type: z.literal('policy'), policy: policySchema });

const byeSchema = z.strictObject({
  type: z.literal('bye'),
  /** A code of `ERRORS`. Agents treat codes that they do not know as retryable. */
  code: z.string().check(z.regex(/^[A-Z][A-Z_]{1,39}$/)),
  hint: z.string().check(z.maxLength(500)),
  retryAfterMs: z.optional(z.int().check(z.minimum(0), z.maximum(86_400_000))),
});

export const collectorFrameSchema = z.discriminatedUnion('type', [
  challengeSchema,
  welcomeSchema,
  ackSchema,
  policyFrameSchema,
  byeSchema,
]);

export type Hello = Readonly<z.infer<typeof helloSchema>>;
export type Welcome = Readonly<z.infer<typeof welcomeSchema>>;
export type Mirrored = Readonly<z.infer<typeof mirroredSchema>>;
export type BatchHeader = Readonly<z.infer<typeof batchHeaderSchema>>;
export type BatchPayload = Readonly<z.infer<typeof batchPayloadSchema>>;
export type CollectorFrame = Readonly<z.infer<typeof collectorFrameSchema>>;

/** A sealed batch as it travels: its header, and the payload text exactly as it was hashed. */
export interface SealedBatch {
  readonly header: BatchHeader;
  readonly payload: string;
}

export function batchFrame({ header, payload }: SealedBatch): string {
  return `${JSON.stringify(header)}\n${payload}`;
}

const lineSchema = z.discriminatedUnion('type', [helloSchema, mirroredSchema]);

/** Tells a hello, a mirror's answer and a sealed batch apart; the payload of a batch stays unread. Throws FRAME_INVALID. */
export function parseAgentFrame(frame: string): Hello | Mirrored | SealedBatch {
  const end = frame.indexOf('\n');
  if (end === -1) return parsed(lineSchema, frame, 'FRAME_INVALID');
  return {
    header: parsed(batchHeaderSchema, frame.slice(0, end), 'FRAME_INVALID'),
    payload: frame.slice(end + 1),
  };
}

/**
 * Reads a payload whose seal was verified. Throws BATCH_INVALID unless every number of `first` … `last` is an observation, in order, or
 * dropped, and none tells of what only collectors see.
 */
export function parsePayload({ header, payload }: SealedBatch): BatchPayload {
  const batch = parsed(batchPayloadSchema, payload, 'BATCH_INVALID');
  let before = header.first - 1;
  const inOrder = batch.observations.every((observation: Observation) => {
    const follows = observation.seq > before;
    before = observation.seq;
    return follows;
  });
  const numbers = header.last - header.first + 1;
  if (!inOrder || before !== header.last || batch.observations.length + droppedIn(batch) !== numbers) {
    throw new CodedError('BATCH_INVALID', {
      reason: 'observations and what was dropped are not the numbers from first to last',
      first: header.first,
      last: header.last,
    });
  }
  const foreign = batch.observations.find(({ fact }) => FACTS[fact.kind].source !== 'agent');
  if (foreign) {
    throw new CodedError('BATCH_INVALID', {
      reason: 'only collectors tell of this',
      kind: foreign.fact.kind,
    });
  }
  return batch;
}

/** How many of a batch's numbers stand for observations that a full spool had to drop. */
export function droppedIn({ dropped = {} }: Pick<BatchPayload, 'dropped'>): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

/** Reads a frame of the collector. Throws FRAME_INVALID. */
export function parseCollectorFrame(frame: string): CollectorFrame {
  return parsed(collectorFrameSchema, frame, 'FRAME_INVALID');
}

function parsed<T extends z.core.$ZodType>(
  schema: T,
  text: string,
  code: 'FRAME_INVALID' | 'BATCH_INVALID',
): z.infer<T> {
  const result = z.safeParse(schema, json(text, code));
  if (!result.success) throw new CodedError(code, { reason: problemsOf(result.error) });
  return result.data;
}

function json(text: string, code: 'FRAME_INVALID' | 'BATCH_INVALID'): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CodedError(code, { reason: 'not JSON' }, { cause });
  }
}
