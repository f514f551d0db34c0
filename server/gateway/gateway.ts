import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { CodedError } from '../../shared/errors.ts';
import { AGENT_PATH, LIMITS, SUBPROTOCOL } from '../../shared/frames.ts';
import { isIpv6, networkOf } from '../../shared/ip.ts';
import type { Policy } from '../../shared/policy.ts';
import { instant, SECOND } from '../../shared/time.ts';
import { seen } from '../ingest/connection.ts';
import { later, rateLimit, spread } from './admission.ts';
import type { ClientAddresses } from './client-address.ts';
import {
  type Conversation,
  type ConversationContext,
  type ConversationLimits,
  converse,
} from './conversation.ts';
import { newCredits } from './credits.ts';
import { CONNECTIONS_PER_SECOND, putDoor } from './door.ts';
import { timeHandshakes } from './handshakes.ts';
import { latencyBook } from './latency.ts';
import { watchRevocations } from './revocation.ts';
import { turns } from './turns.ts';

export interface GatewayLimits extends ConversationLimits {
  readonly pingEveryMs: number;
  /** Agents of one address that may connect at once, and then each second: a whole office comes through one. */
  readonly perAddress: { readonly burst: number; readonly perSecond: number };
}

export interface GatewayOptions
  extends Pick<
    ConversationContext,
    'store' | 'ingest' | 'intel' | 'mirrors' | 'egressFrom' | 'catalogVersion' | 'clock' | 'log'
  > {
  readonly server: Server;
  readonly clients: ClientAddresses;
  readonly maxConnections: number;
  /** TLS ends at a proxy. */
  readonly behindProxy: boolean;
  readonly policy: Policy;
  /** Other than the usual ones. */
  readonly limits?: Partial<GatewayLimits>;
}

export interface Gateway extends AsyncDisposable {
  /** In force from now on, and told to all who are connected. */
  setPolicy(policy: Policy): void;
}

const USUAL: GatewayLimits = {
  helloTimeoutMs: LIMITS.helloTimeoutMs,
  pingEveryMs: LIMITS.pingEveryMs,
  unreadBytes: 64 * 1024,
  perAddress: { burst: 1_000, perSecond: 100 },
};
/** How long agents wait after a collector stopped: long enough for a restart, and the more there are, the further apart. */
const RETRY_AFTER_STOP_MS = 2_000;
/** A connection that was left over says nothing; an agent across the world does within this time. */
const RIVAL_ANSWERS_MS = 3_000;
/** Hellos that are written down at once: they share the disk's flush, and a batch waits behind no more than these. */
const ARRIVALS_AT_ONCE = 16;
/** Whoever sends frames but answers none of so many pings is cut. */
const MOST_MISSED = 10;

/** Takes the agents' WebSocket connections of an HTTP server. Disposing says bye to all and waits until their ends are stored. */
export function startGateway(options: GatewayOptions): Gateway {
  const { server, clock, ingest, log } = options;
  const limits = { ...USUAL, ...options.limits };
  let { policy } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const upgrades = rateLimit({
    ...limits.perAddress,
    maxKeys: 10_000,
    clock: () => performance.now(),
  });
  const all = new Set<Conversation>();
  const byEndpoint = new Map<string, Conversation>();
  const pulses = new Map<WebSocket, Pulse>();
  const credits = newCredits();
  const crowd = later({ perSecond: CONNECTIONS_PER_SECOND });
  const latency = latencyBook(options);
  const handshakeOf = options.behindProxy ? () => undefined : timeHandshakes(server);
  const door = putDoor(server);
  const context: ConversationContext = {
    ...options,
    limits,
    policy: () => policy,
    credits,
    arrivals: turns(ARRIVALS_AT_ONCE),
    later: crowd,
    welcomed(newer, socket) {
      const { endpoint } = newer;
      if (endpoint === undefined) return;
      byEndpoint.get(endpoint)?.close(new CodedError('CONNECTION_REPLACED', { endpointId: endpoint }));
      byEndpoint.set(endpoint, newer);
      latency.ping(socket);
    },
    async rivalOf(endpoint) {
      const older = byEndpoint.get(endpoint);
      if (await older?.answers(RIVAL_ANSWERS_MS)) return older?.speaker;
      older?.cut();
      return undefined;
    },
    isCurrent: (asked) => asked.endpoint !== undefined && byEndpoint.get(asked.endpoint) === asked,
  };

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => log.debug({ err: error }, 'upgrade failed'));
    const ip = options.clients.of(request);
    const refusal = options.clients.refusal(request) ?? refusalOf(request, ip);
    const handshakeMs = handshakeOf(request.socket);
    if (refusal) refuse(socket, refusal, crowd.retryAfterMs);
    else sockets.handleUpgrade(request, socket, head, (ws) => begin(ws, ip, handshakeMs));
  }

  function refusalOf(request: IncomingMessage, ip: string): CodedError | undefined {
    if (new URL(request.url ?? '/', 'http://collector').pathname !== AGENT_PATH)
      return new CodedError('NOT_FOUND');
    const offered = (request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map((protocol) => protocol.trim());
    if (!offered.includes(SUBPROTOCOL)) return new CodedError('REQUEST_INVALID', { expected: SUBPROTOCOL });
    if (all.size >= options.maxConnections || !upgrades.take(isIpv6(ip) ? (networkOf(ip, 64) ?? ip) : ip))
      return new CodedError('OVERLOADED', { ip });
    return undefined;
  }

  function begin(ws: WebSocket, ip: string, handshakeMs: number | undefined): void {
    const conversation = converse(ws, ip, context);
    all.add(conversation);
    latency.begin(ws, conversation, handshakeMs);
    const pulse: Pulse = { conversation, heard: true, missed: 0 };
    pulses.set(ws, pulse);
    ws.on('pong', () => {
      pulse.heard = true;
      pulse.missed = 0;
    });
    ws.on('message', () => {
      pulse.heard = true;
    });
    void conversation.ended.then(() => {
      all.delete(conversation);
      pulses.delete(ws);
      const { endpoint } = conversation;
      if (endpoint !== undefined && byEndpoint.get(endpoint) === conversation) byEndpoint.delete(endpoint);
    });
  }

  /** Cuts who was not heard since the last ping, pings the others, and writes down that they were there. */
  function lookAfter(): void {
    for (const [ws, pulse] of pulses) {
      if (!pulse.heard || pulse.missed >= MOST_MISSED) {
        pulse.conversation.cut(new CodedError('AGENT_SILENT', { missed: pulse.missed }));
        continue;
      }
      pulse.heard = false;
      pulse.missed += 1;
      latency.ping(ws);
    }
    latency.note();
    const endpoints = [...byEndpoint.keys()];
    if (endpoints.length === 0) return;
    ingest
      .commit(seen(endpoints, instant(clock())))
      .catch((error: unknown) => log.warn({ err: error }, 'last-seen times were not written'));
  }

  server.on('upgrade', onUpgrade);
  const timer = setInterval(lookAfter, limits.pingEveryMs);
  const revocations = watchRevocations({ store: options.store, log, live: byEndpoint });
  return {
    setPolicy(changed) {
      policy = changed;
      for (const conversation of all) conversation.tellPolicy();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      door[Symbol.dispose]();
      await revocations[Symbol.asyncDispose]();
      server.off('upgrade', onUpgrade);
      const comeBackMs = (all.size / CONNECTIONS_PER_SECOND) * SECOND;
      for (const conversation of all)
        conversation.close(new CodedError('SHUTTING_DOWN'), RETRY_AFTER_STOP_MS + spread(comeBackMs));
      // Who does not answer the close within a second is cut.
      const cut = setTimeout(() => {
        for (const ws of pulses.keys()) ws.terminate();
      }, 1_000);
      await Promise.all([...all].map(({ ended }) => ended));
      clearTimeout(cut);
      credits[Symbol.dispose]();
      await latency.settled();
    },
  };
}

/** Whether an agent is still there. */
interface Pulse {
  readonly conversation: Conversation;
  heard: boolean;
  /** Pings without a pong since the last one. */
  missed: number;
}

function refuse(socket: Duplex, { code, kind }: CodedError, retryAfterMs: () => number): void {
  const body = JSON.stringify({ code, message: code, hint: kind.hint });
  const wait = code === 'OVERLOADED' ? `Retry-After: ${Math.ceil(retryAfterMs() / SECOND)}\r\n` : '';
  socket.end(
    `HTTP/1.1 ${kind.http} ${code}\r\n${wait}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // Who does not hang up is not waited for.
  socket.once('finish', () => socket.destroy());
}
