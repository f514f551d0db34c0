import { createPublicKey, verify } from 'node:crypto';
import * as z from 'zod/mini';
import { CodedError, codedError } from '../shared/errors.ts';
import type { Mirrored } from '../shared/frames.ts';
import {
  MIRROR_PATH,
  type Mirror,
  type MirrorReply,
  mirrorNonceText,
  mirrorReplySchema,
  mirrorText,
} from '../shared/mirror.ts';
import { MINUTE, SECOND } from '../shared/time.ts';
import { exchange } from './exchange.ts';
import { sha256 } from './identity.ts';
import type { Log } from './log.ts';

/** Asks mirrors under which public address this machine speaks, and brings their signed answers to the collector. */
export interface Mirrors {
  /** Asks at once, every ten minutes and after a change of networks, until disposed. */
  attend(connectionNonce: string, tell: (frame: Mirrored) => void): Disposable;
  /** The network is another one. */
  changed(): void;
}

const EVERY_MS = 10 * MINUTE;
/** Networks come and go a few times before they stay; and the collector hears no answer sooner than a second after the last. */
const SETTLE_MS = 3 * SECOND;
const TIMEOUT_MS = 15 * SECOND;
const ANSWER_BYTES = 4 * 1024;

export function askMirrors({
  mirrors,
  log,
}: {
  readonly mirrors: readonly Mirror[];
  readonly log: Log;
}): Mirrors {
  let askSoon: () => void = () => {};
  let failing = false;

  const outcome = (error?: unknown): void => {
    if (error !== undefined && !failing) log.warn({ code: codedError(error).code }, 'no mirror answers');
    failing = error !== undefined;
  };

  return {
    changed: () => askSoon(),
    attend(connectionNonce, tell) {
      if (mirrors.length === 0) return { [Symbol.dispose]: () => {} };
      const over = new AbortController();
      let count = 0;
      let timer: NodeJS.Timeout | undefined;
      const askAfter = (ms: number): void => {
        clearTimeout(timer);
        timer = setTimeout(ask, ms);
        timer.unref();
      };
      const ask = (): void => {
        count += 1;
        const question = { nonce: nonceOf(connectionNonce, count), signal: over.signal };
        const asked = count;
        firstAnswer(mirrors, question)
          .then((reply) => {
            outcome();
            if (!over.signal.aborted) tell({ type: 'mirrored', count: asked, ...reply });
          })
          .catch((error: unknown) => {
            if (!over.signal.aborted) outcome(error);
          });
        askAfter(EVERY_MS);
      };
      const soon = (): void => askAfter(SETTLE_MS);
      askSoon = soon;
      ask();
      return {
        [Symbol.dispose]() {
          over.abort();
          clearTimeout(timer);
          if (askSoon === soon) askSoon = () => {};
        },
      };
    },
  };
}

function nonceOf(connectionNonce: string, count: number): string {
  return sha256(mirrorNonceText(connectionNonce, count)).toString('base64url');
}

interface Question {
  readonly nonce: string;
  readonly signal: AbortSignal;
}

/** One after the other. Throws what the last of them did wrong. */
async function firstAnswer(mirrors: readonly Mirror[], question: Question): Promise<MirrorReply> {
  let problem: unknown = new CodedError('COLLECTOR_UNREACHABLE');
  for (const mirror of mirrors) {
    try {
      return await answerOf(mirror, question);
    } catch (error) {
      if (question.signal.aborted) throw error;
      problem = error;
    }
  }
  throw problem;
}

/** The collector would refuse what this mirror did not sign for this question, so it is not brought there. */
async function answerOf({ url, publicKey, pin }: Mirror, { nonce, signal }: Question): Promise<MirrorReply> {
  const { status, text } = await exchange({
    url: new URL(`${url.replace(/\/+$/, '')}${MIRROR_PATH}?nonce=${nonce}`),
    pin,
    mostBytes: ANSWER_BYTES,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  if (status !== 200) throw new CodedError('COLLECTOR_UNREACHABLE', { status });
  const reply = z.safeParse(mirrorReplySchema, jsonOf(text));
  if (!reply.success) throw new CodedError('FRAME_INVALID', { reason: 'not the answer of a mirror' });
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: publicKey } });
  const { answer, signature } = reply.data;
  const signed = verify(null, Buffer.from(mirrorText(answer)), key, Buffer.from(signature, 'base64url'));
  if (!signed || answer.nonce !== nonce)
    throw new CodedError('COLLECTOR_UNTRUSTED', { reason: 'the mirror' });
  return reply.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is not JSON fits no schema.
    return undefined;
  }
}
