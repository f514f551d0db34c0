import { FACTS } from '../../shared/facts.ts';
import {
  type BatchPayload,
  batchPayloadSchema,
  parsePayload,
  type SealedBatch,
} from '../../shared/frames.ts';
import { sureCheckOf } from './sure-check.ts';

const isSure = sureCheckOf(batchPayloadSchema);

/** What `parsePayload` does, quicker where the payload is as it ought to be. Throws BATCH_INVALID with what zod says is wrong. */
export function readPayload(batch: SealedBatch): BatchPayload {
  const payload = json(batch.payload);
  return isPayload(payload) && isComplete(payload, batch) ? payload : parsePayload(batch);
}

function isPayload(value: unknown): value is BatchPayload {
  return isSure(value);
}

/** Every number is there and told by whom it may be; where a spool dropped some, the full check reckons. */
function isComplete({ observations, dropped }: BatchPayload, { header }: SealedBatch): boolean {
  let next = header.first;
  for (const { seq, fact } of observations) {
    if (seq !== next || FACTS[fact.kind].source !== 'agent') return false;
    next += 1;
  }
  return dropped === undefined && next === header.last + 1;
}

/** Undefined for what is no JSON. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
