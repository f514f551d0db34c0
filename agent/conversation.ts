import { once } from 'node:events';
import { WebSocket } from 'ws';
import { CodedError, codedError } from '../shared/errors.ts';
import { AGENT_PATH, LIMITS, parseCollectorFrame, SUBPROTOCOL } from '../shared/frames.ts';
import { MINUTE, SECOND } from '../shared/time.ts';
import type { Ending } from './backoff.ts';
import { dial } from './dial.ts';
import { type DialogueOptions, newDialogue } from './dialogue.ts';
import type { Mirrors } from './mirrors.ts';

const CONNECT_TIMEOUT_MS = 20 * SECOND;
/** The collector pings every 30 s: two pings missed and a little more. */
export const SILENCE_MS = 75 * SECOND;
/** Observations that come within this time travel in one batch. */
const COALESCE_MS = 50;
const BUFFERED_BYTES = 4 * LIMITS.frameBytes;
/** A connection that lived this long was worth having, even if nothing was delivered on it. */
const USEFUL_MS = MINUTE;
/** A peer that does not answer a close within this time is cut. */
const CLOSE_TIMEOUT_MS = SECOND;

export interface ConversationOptions extends DialogueOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Without any frame or ping for this long, the connection is given up. */
  readonly silenceMs: number;
  readonly mirrors?: Mirrors;
}

/** How a conversation ended. */
export interface Outcome extends Ending {
  /** Something was delivered, or it lasted a while: the next failure is the first again. */
  readonly useful: boolean;
  readonly problem: CodedError;
}

/** One connection, from dialing to its end. Throws only what dialing and the upgrade throw; afterwards everything is an outcome. */
export async function converse(options: ConversationOptions, signal: AbortSignal): Promise<Outcome> {
  const { spool, clock } = options;
  const socket = await connected(options, signal);
  const openedAt = clock();
  let ending: Ending | undefined;
  let problem: CodedError | undefined;
  let asking: Disposable | undefined;

  const close = (code: number): void => {
    socket.close(code);
    setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
  };
  const guarded = (work: () => void): void => {
    if (ending || problem) return;
    try {
      work();
    } catch (error) {
      problem = codedError(error);
      close(problem.kind.close);
    }
  };
  const dialogue = newDialogue(options, {
    isReady: () => socket.readyState === WebSocket.OPEN && socket.bufferedAmount < BUFFERED_BYTES,
    send: (frame, sent = () => {}) => socket.send(frame, () => guarded(sent)),
    opened(nonce) {
      asking = options.mirrors?.attend(nonce, (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
      });
    },
    end(found) {
      ending = found;
      close(1000);
    },
  });

  let soon: NodeJS.Timeout | undefined;
  const deliverSoon = (): void => {
    soon ??= setTimeout(() => {
      soon = undefined;
      guarded(dialogue.deliver);
    }, COALESCE_MS);
  };
  const silence = setTimeout(() => {
    problem ??= new CodedError('COLLECTOR_UNREACHABLE', { reason: 'silent' });
    socket.terminate();
  }, options.silenceMs);
  const hang = (): void => close(1000);

  const stopListening = spool.onAppend(deliverSoon);
  signal.addEventListener('abort', hang);
  socket.on('ping', () => silence.refresh());
  socket.on('error', (cause) => {
    problem ??= codedError(cause, 'COLLECTOR_UNREACHABLE');
  });
  socket.on('message', (data, isBinary) => {
    silence.refresh();
    guarded(() => {
      if (isBinary) throw new CodedError('FRAME_INVALID', { reason: 'binary' });
      dialogue.take(parseCollectorFrame(String(data)));
    });
  });
  const closed = closing(socket);
  socket.resume();
  if (signal.aborted) hang();
  const closeCode = await closed;

  asking?.[Symbol.dispose]();
  clearTimeout(silence);
  clearTimeout(soon);
  stopListening();
  signal.removeEventListener('abort', hang);
  const useful = dialogue.isUseful() || clock() - openedAt >= USEFUL_MS;
  problem ??= new CodedError('COLLECTOR_UNREACHABLE', { reason: 'closed', close: closeCode });
  return { ...ending, useful, problem };
}

function closing(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.once('close', resolve);
  });
}

/** Dials, upgrades, and stops reading until someone listens. */
async function connected(
  { identity, headers }: ConversationOptions,
  signal: AbortSignal,
): Promise<WebSocket> {
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
  let refused: unknown;
  socket.on('error', (cause) => {
    refused ??= cause;
  });
  socket.once('unexpected-response', (_request, response) => {
    refused = refusal(response.statusCode ?? 0, response.headers['retry-after']);
    socket.terminate();
  });
  socket.once('open', () => socket.pause());
  try {
    await once(socket, 'open', { signal: limit });
    return socket;
  } catch (cause) {
    transport.destroy();
    throw refused ?? cause;
  }
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
