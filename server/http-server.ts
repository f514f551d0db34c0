import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as NetServer } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { CodedError } from '../shared/errors.ts';
import { SECOND } from '../shared/time.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { readCertificate, type ServedCertificate, watchCertificate } from './tls/served-certificate.ts';

export interface RequestLimits {
  /** For the handshake, and again for the head of a request. Agents send all of it at once. */
  readonly requestHeadMs: number;
}

/** Bodies are small. */
const REQUEST_MS = 30 * SECOND;

export type Incoming = Pick<IncomingMessage, 'socket' | 'headers'>;
type Handle = (request: Request, incoming: Incoming) => Response | Promise<Response>;

interface Serving {
  readonly server: Server;
  /** With TLS: keeps its certificate fresh. */
  readonly watch?: (log: Log) => ServedCertificate;
}

/**
 * With TLS where the configuration names a certificate. It does not listen yet. Who takes too long to say what it wants is cut, or told
 * 408 where that can be said.
 */
export function serverFor(
  { tls: files }: Config,
  handle: Handle,
  { requestHeadMs = 10 * SECOND }: Partial<RequestLimits> = {},
): Serving {
  const patience = {
    handshakeTimeout: requestHeadMs,
    headersTimeout: requestHeadMs,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: requestHeadMs / 2,
  };
  const listener = getRequestListener((request, env) => handle(request, env.incoming));
  if (!files) return { server: createHttpServer(patience, listener) };
  const served = readCertificate(files);
  const server = createHttpsServer({ ...patience, ...served.secure }, listener);
  return { server, watch: (log) => watchCertificate({ files, served, server, clock: Date.now, log }) };
}

/** Throws PORT_IN_USE or CONFIG_INVALID. */
export function listening(server: NetServer, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new CodedError('PORT_IN_USE', { host, port }, { cause })
          : new CodedError('CONFIG_INVALID', { host, port, reason: cause.message }, { cause }),
      ),
    );
    server.listen(port, host, resolve);
  });
}

/** Idle keep-alive connections of browsers would hold a stopping server open. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export function portOf(server: NetServer): number {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}
