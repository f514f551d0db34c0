import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';
import { enrollRequestSchema, TOKEN_PREFIX } from '../../shared/enrollment.ts';
import { CodedError, codedError, ERRORS, type ErrorCode } from '../../shared/errors.ts';
import {
  AGENT_PATH,
  ENROLL_PATH,
  type Hello,
  LIMITS,
  type Mirrored,
  parseAgentFrame,
  parsePayload,
  type SealedBatch,
  SUBPROTOCOL,
} from '../../shared/frames.ts';
import type { Mirror } from '../../shared/mirror.ts';
import type { Observation } from '../../shared/observation.ts';
import { DEFAULT_POLICY, type Policy } from '../../shared/policy.ts';
import { helloText } from '../../shared/seal.ts';
import { genesisHash, isSignedBy, sealProblem } from './seal-check.ts';

export interface PeerOptions {
  readonly credits?: number;
  readonly policy?: Policy;
  /** Told at enrollment. */
  readonly mirrors?: readonly Mirror[];
  /** Listens with TLS; `pin` goes into the tokens. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly pin?: string };
}

/**
 * The other side of farhand.v1 as shared/README.md describes it, in memory: it enrolls, verifies every seal, commits and acknowledges.
 * What it refuses it refuses with the code that a collector would use.
 */
export interface CollectorPeer extends AsyncDisposable {
  readonly url: string;
  /** A new single-use enrollment token. */
  token(): string;
  /** Raw public keys by endpoint; removing one makes it unknown. */
  readonly keys: Map<string, string>;
  /** Every hello, and every batch frame with its bytes, repeats included. */
  readonly hellos: Hello[];
  readonly frames: string[];
  /** What mirrors said, as the agent brought it. */
  readonly mirrored: Mirrored[];
  readonly requests: IncomingMessage[];
  /** Codes of everything that was refused. */
  readonly refusals: string[];
  /** What is committed, by epoch. */
  readonly epochs: Map<string, Committed>;
  observations(): readonly Observation[];
  /** Acks go out no more, or again; what was committed meanwhile is acknowledged then. */
  hold(): void;
  release(credits?: number): void;
  /** Says goodbye on every connection and closes it. */
  bye(code: string, retryAfterMs?: number): void;
  send(frame: object | string): void;
  /** Cuts every connection without a word. */
  cut(): void;
  connected(): number;
  /** Resolves when every connection answered a ping: then all that was sent on it before has arrived. */
  pinged(): Promise<void>;
  /** Answers the next upgrades by HTTP with this status. */
  refuseUpgrades(status: number | undefined, retryAfter?: string): void;
}

export interface Committed {
  acked: number;
  head: string;
  readonly observations: Observation[];
}

export async function startPeer(options: PeerOptions = {}): Promise<CollectorPeer> {
  const keys = new Map<string, string>();
  const secrets = new Map<string, 'fresh' | 'used'>();
  const organizationKey = randomBytes(32).toString('base64url');
  const hellos: Hello[] = [];
  const frames: string[] = [];
  const mirrored: Mirrored[] = [];
  const requests: IncomingMessage[] = [];
  const refusals: string[] = [];
  const epochs = new Map<string, Committed>();
  let credits = options.credits ?? 8;
  let held = false;
  let refusing: { readonly status: number; readonly retryAfter?: string | undefined } | undefined;

  const server = options.tls ? createTlsServer(options.tls) : createServer();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.frameBytes,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  });

  server.on('request', async (request, response) => {
    const answer = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    const refuse = (code: ErrorCode) =>
      answer(ERRORS[code].http, { code, message: code, hint: ERRORS[code].hint });
    if (request.url !== ENROLL_PATH || request.method !== 'POST') return refuse('NOT_FOUND');
    const wanted = enrollRequestSchema.safeParse(JSON.parse(await text(request)));
    if (!wanted.success) return refuse('REQUEST_INVALID');
    const { secret, publicKey } = wanted.data;
    if (secrets.get(secret) === 'used') return refuse('ENROLLMENT_TOKEN_USED');
    if (!secrets.has(secret)) return refuse('ENROLLMENT_TOKEN_INVALID');
    secrets.set(secret, 'used');
    const endpoint = `laptop-${keys.size + 1}`;
    keys.set(endpoint, publicKey);
    return answer(201, {
      endpoint,
      organizationKey,
      ...(options.mirrors ? { mirrors: options.mirrors } : {}),
    });
  });

  server.on('upgrade', (request, socket, head) => {
    requests.push(request);
    if (refusing || request.url !== AGENT_PATH) {
      const { status = 404, retryAfter } = refusing ?? {};
      const wait = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`;
      socket.end(`HTTP/1.1 ${status} No\r\n${wait}Content-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (websocket) => converse(websocket));
  });

  const say = (socket: WebSocket, frame: object | string): void =>
    socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));

  const goodbye = (socket: WebSocket, code: string, retryAfterMs?: number): void => {
    say(socket, {
      type: 'bye',
      code,
      hint: 'see the code',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
    socket.close(code in ERRORS ? ERRORS[code as ErrorCode].close : 4400);
  };

  function converse(socket: WebSocket): void {
    const nonce = randomBytes(32).toString('base64url');
    let hello: Hello | undefined;
    say(socket, { type: 'challenge', nonce, time: new Date().toISOString() });
    socket.on('message', (data) => {
      if (socket.readyState !== socket.OPEN) return;
      try {
        const frame = parseAgentFrame(String(data));
        if ('type' in frame && frame.type === 'mirrored') mirrored.push(frame);
        else if ('type' in frame) {
          hellos.push(frame);
          hello = frame;
          welcome(socket, nonce, frame);
        } else if (hello) {
          frames.push(String(data));
          commit(socket, hello, frame);
        } else throw new CodedError('FRAME_UNEXPECTED');
      } catch (error) {
        const { code } = codedError(error);
        refusals.push(code);
        goodbye(socket, code);
      }
    });
  }

  function welcome(socket: WebSocket, nonce: string, hello: Hello): void {
    const key = keys.get(hello.endpoint);
    if (key === undefined) throw new CodedError('ENDPOINT_UNKNOWN');
    if (!isSignedBy(key, helloText(nonce, hello), hello.signature)) throw new CodedError('SIGNATURE_INVALID');
    const { acked } = committedOf(hello);
    const time = new Date().toISOString();
    const policy = options.policy ?? DEFAULT_POLICY;
    say(socket, { type: 'welcome', acked, credits, policy, catalog: '2026.11.22', time });
  }

  function commit(socket: WebSocket, hello: Hello, batch: SealedBatch): void {
    const { header } = batch;
    const committed = committedOf(hello);
    if (header.epoch !== hello.epoch) throw new CodedError('FRAME_UNEXPECTED');
    const isRepeat = header.last <= committed.acked;
    // What the agent had to drop is a gap, not a break: the chain goes on from the batch that it still had.
    const afterGap = header.first > committed.acked + 1 && header.first === hello.oldest;
    if (!isRepeat) {
      if (!afterGap && header.first !== committed.acked + 1) throw new CodedError('BATCH_OUT_OF_ORDER');
      const head = afterGap ? header.prev : committed.head;
      const problem = sealProblem(batch, head, keys.get(hello.endpoint) ?? '');
      if (problem) throw new CodedError(problem);
      committed.observations.push(...parsePayload(batch).observations);
      committed.acked = header.last;
      committed.head = header.hash;
    }
    if (!held) say(socket, { type: 'ack', epoch: hello.epoch, through: committed.acked, credits });
  }

  function committedOf({ endpoint, epoch }: Hello): Committed {
    const found = epochs.get(epoch) ?? { acked: 0, head: genesisHash(endpoint, epoch), observations: [] };
    epochs.set(epoch, found);
    return found;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;

  return {
    url,
    keys,
    hellos,
    frames,
    mirrored,
    requests,
    refusals,
    epochs,
    token() {
      const secret = randomBytes(32).toString('base64url');
      secrets.set(secret, 'fresh');
      const pin = options.tls?.pin;
      const expires = '2099-01-01T00:00:00.000Z';
      const token = { url, ...(pin === undefined ? {} : { pin }), secret, expires };
      return TOKEN_PREFIX + Buffer.from(JSON.stringify(token)).toString('base64url');
    },
    observations: () => [...epochs.values()].flatMap(({ observations }) => observations),
    hold() {
      held = true;
    },
    release(granted = credits) {
      held = false;
      credits = granted;
      const epoch = hellos.at(-1)?.epoch ?? '';
      const through = epochs.get(epoch)?.acked ?? 0;
      for (const socket of sockets.clients) say(socket, { type: 'ack', epoch, through, credits });
    },
    bye(code, retryAfterMs) {
      for (const socket of sockets.clients) goodbye(socket, code, retryAfterMs);
    },
    send(frame) {
      for (const socket of sockets.clients) say(socket, frame);
    },
    cut() {
      for (const socket of sockets.clients) socket.terminate();
    },
    connected: () => [...sockets.clients].filter(({ readyState, OPEN }) => readyState === OPEN).length,
    async pinged() {
      for (const socket of sockets.clients) {
        const pong = once(socket, 'pong');
        socket.ping();
        await pong;
      }
    },
    refuseUpgrades(status, retryAfter) {
      refusing = status === undefined ? undefined : { status, retryAfter };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
