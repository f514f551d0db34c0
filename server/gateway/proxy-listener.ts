import type { Server } from 'node:http';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { normalIp } from '../../shared/ip.ts';
import { SECOND } from '../../shared/time.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { isOneOf, UNKNOWN_ADDRESS } from './client-address.ts';
import { PROXY_PREFIX_BYTES, readPrefix, readSource } from './proxy-header.ts';

const HEADER_TIMEOUT_MS = 5 * SECOND;

export interface ProxyListener extends Disposable {
  /** Listens in place of the HTTP server and hands it the connections. */
  readonly listener: NetServer;
  /** The client that the proxy of this connection named. */
  addressOf(socket: Pair): string | undefined;
  /** Connections that a configured proxy began without a valid header; they were cut. */
  refused(): number;
}

/** What tells a connection from all others that are open; a TLS socket has the same as the one beneath it. */
type Pair = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

export interface ProxyListenerOptions extends Pick<Config, 'trustedProxies'> {
  readonly log: Log;
  readonly headerTimeoutMs?: number;
}

/**
 * Takes a PROXY protocol v2 header from each connection of a configured proxy, before TLS begins. Connections from anywhere else are
 * handed on as they are: a header in them is no TLS and no HTTP, and fails as such.
 */
export function proxyListener(server: Server, options: ProxyListenerOptions): ProxyListener {
  const clients = new Map<string, string>();
  const told = new Set<string>();
  const waiting = new Set<Socket>();
  let refused = 0;

  function accept(socket: Socket): void {
    const peer = normalIp(socket.remoteAddress ?? '') ?? UNKNOWN_ADDRESS;
    if (isOneOf(peer, options.trustedProxies)) takeHeader(socket, peer);
    else server.emit('connection', socket);
  }

  function takeHeader(socket: Socket, peer: string): void {
    let prefix: ReturnType<typeof readPrefix>;
    const refuse = (): void => {
      refused += 1;
      if (!told.has(peer)) options.log.warn({ ip: peer }, 'proxy sent no valid PROXY header, connection cut');
      told.add(peer);
      socket.destroy();
    };
    const timer = setTimeout(refuse, options.headerTimeoutMs ?? HEADER_TIMEOUT_MS);
    const leave = (): void => {
      clearTimeout(timer);
      waiting.delete(socket);
      socket.off('readable', read);
    };
    const read = (): void => {
      if (!prefix) {
        const bytes: Buffer | null = socket.read(PROXY_PREFIX_BYTES);
        if (!bytes) return;
        prefix = readPrefix(bytes);
        if (!prefix) {
          leave();
          refuse();
          return;
        }
      }
      const rest: Buffer | null = prefix.length === 0 ? Buffer.alloc(0) : socket.read(prefix.length);
      if (!rest) return;
      leave();
      // Of a health check the peer is the client; one that the proxy cannot name must not pass for the proxy.
      if (!prefix.local) remember(socket, readSource(prefix, rest) ?? UNKNOWN_ADDRESS);
      socket.off('error', ignore);
      server.emit('connection', socket);
    };
    // A connection that breaks here has nobody to be told.
    const ignore = (): void => {};
    waiting.add(socket);
    socket.on('error', ignore);
    socket.once('close', leave);
    socket.on('readable', read);
  }

  function remember(socket: Socket, client: string): void {
    const key = keyOf(socket);
    clients.set(key, client);
    socket.once('close', () => clients.delete(key));
  }

  const listener = createServer(accept);
  return {
    listener,
    [Symbol.dispose]() {
      listener.close();
      for (const socket of waiting) socket.destroy();
    },
    addressOf: (socket) => clients.get(keyOf(socket)),
    refused: () => refused,
  };
}

function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Pair): string {
  return [remoteAddress, remotePort, localAddress, localPort].join(' ');
}
