import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { CodedError } from '../../shared/errors.ts';
import { AGENT_PATH, LIMITS, SUBPROTOCOL } from '../../shared/frames.ts';
import { instant } from '../../shared/time.ts';
import { seen } from '../ingest/connection.ts';
import { rateLimit } from './admission.ts';
import type { ClientAddresses } from './client-address.ts';
import { type Conversation, type ConversationContext, converse } from './conversation.ts';
import { timeHandshakes } from './handshakes.ts';
import { latencyBook } from './latency.ts';
import { watchRevocations } from './revocation.ts';

export interface GatewayOptions extends Omit<ConversationContext, 'welcomed' | 'isCurrent' | 'rivalOf'> {
  readonly server: Server;
  readonly clients: ClientAddresses;
  readonly maxConnections: number;
  /** TLS ends at a proxy. */
  readonly behindProxy: boolean;
}

/** A connection that was left over says nothing; an agent across the world does within this time. */
const RIVAL_ANSWERS_MS = 3_000;
/** How long agents wait after a collector stopped: long enough for a restart, spread out by their own jitter. */
const RETRY_AFTER_STOP_MS = 2_000;

/** Takes the agents' WebSocket connections of an HTTP server. Disposing says bye to all and waits until their ends are stored. */
export function startGateway(options: GatewayOptions): AsyncDisposable {
  const { server, clock, ingest, log } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const upgrades = rateLimit({
    burst: 1_000,
    perSecond: 100,
    maxKeys: 10_000,
    clock: () => performance.now(),
  });
  const all = new Set<Conversation>();
  const byEndpoint = new Map<string, Conversation>();
  const alive = new Map<WebSocket, string>();
  const latency = latencyBook(options);
  const handshakeOf = options.behindProxy ? () => undefined : timeHandshakes(server);

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => log.debug({ err: error }, 'upgrade failed'));
    const ip = options.clients.of(request);
    const refusal = options.clients.refusal(request) ?? refusalOf(request, ip);
    const handshakeMs = handshakeOf(request.socket);
    if (refusal) refuse(socket, refusal);
    else sockets.handleUpgrade(request, socket, head, (ws) => begin(ws, ip, handshakeMs));
  }

  function refusalOf(request: IncomingMessage, ip: string): CodedError | undefined {
    if (new URL(request.url ?? '/', 'http://collector').pathname !== AGENT_PATH)
      return new CodedError('NOT_FOUND');
    const offered = (request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map((protocol) => protocol.trim());
    if (!offered.includes(SUBPROTOCOL)) return new CodedError('REQUEST_INVALID', { expected: SUBPROTOCOL });
    if (all.size >= options.maxConnections || !upgrades.take(ip)) return new CodedError('OVERLOADED', { ip });
    return undefined;
  }

  function begin(ws: WebSocket, ip: string, handshakeMs: number | undefined): void {
    const conversation = converse(ws, ip, {
      ...options,
      welcomed: (newer) => {
        const { endpoint } = newer;
        if (endpoint === undefined) return;
        byEndpoint.get(endpoint)?.close(new CodedError('CONNECTION_REPLACED', { endpointId: endpoint }));
        byEndpoint.set(endpoint, newer);
        latency.ping(ws);
      },
      rivalOf: async (endpoint) => {
        const older = byEndpoint.get(endpoint);
        if (await older?.answers(RIVAL_ANSWERS_MS)) return older?.speaker;
        older?.cut();
        return undefined;
      },
      isCurrent: (asked) => asked.endpoint !== undefined && byEndpoint.get(asked.endpoint) === asked,
    });
    all.add(conversation);
    latency.begin(ws, conversation, handshakeMs);
    alive.set(ws, 'yes');
    const stillThere = () => alive.set(ws, 'yes');
    ws.on('pong', stillThere);
    ws.on('message', stillThere);
    void conversation.ended.then(() => {
      all.delete(conversation);
      alive.delete(ws);
      const { endpoint } = conversation;
      if (endpoint !== undefined && byEndpoint.get(endpoint) === conversation) byEndpoint.delete(endpoint);
    });
  }

  /** Cuts who did not answer the last ping, pings the others, and writes down that they were there. */
  function lookAfter(): void {
    for (const [ws, answered] of alive) {
      if (answered === 'no') ws.terminate();
      else {
        alive.set(ws, 'no');
        latency.ping(ws);
      }
    }
    latency.note();
    const endpoints = [...byEndpoint.keys()];
    if (endpoints.length === 0) return;
    ingest
      .commit(seen(endpoints, instant(clock())))
      .catch((error: unknown) => log.warn({ err: error }, 'last-seen times were not written'));
  }

  server.on('upgrade', onUpgrade);
  const timer = setInterval(lookAfter, LIMITS.pingEveryMs);
  const revocations = watchRevocations({ store: options.store, log, live: byEndpoint });
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await revocations[Symbol.asyncDispose]();
      server.off('upgrade', onUpgrade);
      for (const conversation of all)
        conversation.close(new CodedError('SHUTTING_DOWN'), RETRY_AFTER_STOP_MS);
      // Who does not answer the close within a second is cut.
      const cut = setTimeout(() => {
        for (const ws of alive.keys()) ws.terminate();
      }, 1_000);
      await Promise.all([...all].map(({ ended }) => ended));
      clearTimeout(cut);
      await latency.settled();
    },
  };
}

function refuse(socket: Duplex, { code, kind }: CodedError): void {
  const body = JSON.stringify({ code, message: code, hint: kind.hint });
  socket.end(
    `HTTP/1.1 ${kind.http} ${code}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
