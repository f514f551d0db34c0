import { once } from 'node:events';
import { WebSocket } from 'ws';
import { CodedError, codedError } from '../shared/errors.ts';
import {
  AGENT_PATH,
  batchFrame,
  type CollectorFrame,
  type Hello,
  LIMITS,
  parseCollectorFrame,
  SUBPROTOCOL,
  type Welcome,
} from '../shared/frames.ts';
import type { Policy } from '../shared/policy.ts';
import { helloText } from '../shared/seal.ts';
import { instant, MINUTE, SECOND } from '../shared/time.ts';
import type { Ending } from './backoff.ts';
import { dial } from './dial.ts';
import type { Identity } from './identity.ts';
import type { Spool } from './spool.ts';

const CONNECT_TIMEOUT_MS = 20 * SECOND;
/** The collector pings every 30 s: two pings missed and a little more. */
const SILENCE_MS = 75 * SECOND;
/** Observations that come within this time travel in one batch. */
const COALESCE_MS = 50;
const BUFFERED_BYTES = 4 * LIMITS.frameBytes;
/** A connection that lived this long was worth having, even if nothing was delivered on it. */
const USEFUL_MS = MINUTE;

export interface ConversationOptions {
  readonly identity: Identity;
  readonly spool: Spool;
  readonly boot: string;
  readonly version: string;
  readonly clock: () => number;
  readonly headers: Readonly<Record<string, string>>;
  onWelcome(frame: Welcome): void;
  onPolicy(policy: Policy): void;
  onAck(through: number): void;
}

/** How a conversation ended. */
export interface Outcome extends Ending {
  /** Something was delivered, or it lasted a while: the next failure is the first again. */
  readonly useful: boolean;
  readonly problem: CodedError;
}

/**
 * One connection, from dialing to its end:
 *   greeting    the collector's challenge is awaited and answered by a signed hello
 *   waiting     the welcome tells what is committed, the credits and the policy
 *   delivering  batches go out while fewer than `credits` are unacknowledged; every ack deletes and lets the next ones go
 * Throws only what dialing and the upgrade throw; afterwards everything is an outcome.
 */
export async function converse(options: ConversationOptions, signal: AbortSignal): Promise<Outcome> {
  const { spool, clock } = options;
  const socket = await connected(options, signal);
  const openedAt = clock();
  let phase: 'greeting' | 'waiting' | 'delivering' = 'greeting';
  let useful = false;
  let credits = 0;
  let cursor = 0;
  let inFlight: readonly number[] = [];
  let soon: NodeJS.Timeout | undefined;
  let bye: Ending = {};
  let problem: CodedError | undefined;

  const end = (found: CodedError): void => {
    problem ??= found;
    socket.close(found.kind.close === 1001 ? 1000 : found.kind.close);
    // A peer that does not answer the close within this time is cut.
    setTimeout(() => socket.terminate(), SECOND).unref();
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      end(codedError(error));
    }
  };

  const deliver = (): void => {
    if (phase !== 'delivering' || socket.readyState !== WebSocket.OPEN) return;
    while (inFlight.length < credits && socket.bufferedAmount < BUFFERED_BYTES) {
      const batch = spool.nextBatch(cursor);
      if (!batch) return;
      cursor = batch.header.last;
      inFlight = [...inFlight, cursor];
      socket.send(batchFrame(batch), () => guarded(deliver));
    }
  };
  const deliverSoon = (): void => {
    soon ??= setTimeout(() => {
      soon = undefined;
      guarded(deliver);
    }, COALESCE_MS);
  };
  const settle = (through: number): void => {
    spool.acked(through);
    inFlight = inFlight.filter((last) => last > through);
    options.onAck(through);
  };

  const take = (frame: CollectorFrame): void => {
    if (frame.type === 'bye') {
      const { code, retryAfterMs } = frame;
      bye = { bye: code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
      if (code === 'CHAIN_BREAK' || code === 'EPOCH_CLOSED') spool.startEpoch(code);
      return socket.close(1000);
    }
    if (frame.type === 'challenge' && phase === 'greeting') {
      socket.send(JSON.stringify(helloTo(frame.nonce, options)));
      phase = 'waiting';
      return;
    }
    if (frame.type === 'welcome' && phase === 'waiting') {
      if (spool.contradicts(frame.acked)) {
        spool.startEpoch('snapshot-revert');
        useful = true;
        return end(new CodedError('EPOCH_CLOSED', { acked: frame.acked }));
      }
      phase = 'delivering';
      credits = frame.credits;
      cursor = frame.acked;
      options.onWelcome(frame);
      options.onPolicy(frame.policy);
      settle(frame.acked);
      return deliver();
    }
    if (frame.type === 'ack' && phase === 'delivering') {
      // Acknowledging what was not sent would make the agent delete evidence that nobody has.
      if (frame.epoch !== spool.position().epoch || frame.through > cursor)
        throw new CodedError('FRAME_UNEXPECTED', { type: 'ack', through: frame.through, sent: cursor });
      useful ||= inFlight.some((last) => last <= frame.through);
      credits = frame.credits;
      settle(frame.through);
      return deliver();
    }
    if (frame.type === 'policy' && phase === 'delivering') return options.onPolicy(frame.policy);
    throw new CodedError('FRAME_UNEXPECTED', { type: frame.type, phase });
  };

  const silence = setTimeout(() => {
    problem ??= new CodedError('COLLECTOR_UNREACHABLE', { reason: 'silent' });
    socket.terminate();
  }, SILENCE_MS);
  const hang = (): void => end(new CodedError('SHUTTING_DOWN'));
  const stopListening = spool.onAppend(deliverSoon);
  signal.addEventListener('abort', hang);
  socket.on('ping', () => silence.refresh());
  socket.on('message', (data, isBinary) => {
    silence.refresh();
    if (problem || bye.bye !== undefined) return;
    guarded(() => {
      if (isBinary) throw new CodedError('FRAME_INVALID', { reason: 'binary' });
      take(parseCollectorFrame(String(data)));
    });
  });
  socket.on('error', (cause) => {
    problem ??= codedError(cause, 'COLLECTOR_UNREACHABLE');
  });
  socket.resume();
  try {
    const [code] = await once(socket, 'close');
    useful ||= clock() - openedAt >= USEFUL_MS;
    problem ??= new CodedError('COLLECTOR_UNREACHABLE', { reason: 'closed', close: Number(code) });
    return { ...bye, useful, problem };
  } finally {
    clearTimeout(silence);
    clearTimeout(soon);
    stopListening();
    signal.removeEventListener('abort', hang);
  }
}

function helloTo(nonce: string, { identity, spool, boot, version, clock }: ConversationOptions): Hello {
  const { epoch, oldest, next } = spool.position();
  const time = instant(clock());
  const said = { endpoint: identity.endpoint, epoch, oldest, next, boot, agent: version, time };
  return { type: 'hello', ...said, signature: identity.sign(helloText(nonce, said)) };
}

/** Dials, upgrades, and stops reading until someone listens. */
async function connected({ identity, headers }: ConversationOptions, signal: AbortSignal): Promise<WebSocket> {
  const url = agentUrl(identity.url);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
  const transport = await dial(url, identity.pin, limit);
  const socket = new WebSocket(url.href.replace(/^http/, 'ws'), SUBPROTOCOL, {
    createConnection: () => transport,
    headers,
    perMessageDeflate: false,
    maxPayload: LIMITS.frameBytes,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    followRedirects: false,
  });
  const refused = new Promise<never>((_resolve, reject) => {
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      reject(refusal(response.statusCode ?? 0, response.headers['retry-after']));
    });
  });
  socket.once('open', () => socket.pause());
  await Promise.race([once(socket, 'open', { signal: limit }), refused]);
  return socket;
}

/** An upgrade that was answered by HTTP: a busy collector or a proxy says in seconds when to come again. */
function refusal(status: number, retryAfter: string | undefined): CodedError {
  const seconds = /^\d{1,5}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  return new CodedError('COLLECTOR_UNREACHABLE', {
    status,
    ...(seconds === undefined ? {} : { retryAfterMs: seconds * SECOND }),
  });
}

function agentUrl(url: string): URL {
  return new URL(url.replace(/\/+$/, '') + AGENT_PATH);
}
