import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import { CodedError } from '../shared/errors.ts';
import { type Config, readBytes } from './config.ts';

type Handle = (
  request: Request,
  incoming: Pick<IncomingMessage, 'socket' | 'headers'>,
) => Response | Promise<Response>;

/** With TLS where the configuration names a certificate. It does not listen yet. */
export function serverFor({ tls }: Pick<Config, 'tls'>, handle: Handle): Server {
  const listener = getRequestListener((request, env) => handle(request, env.incoming));
  if (!tls) return createHttpServer(listener);
  return createHttpsServer({ cert: readBytes(tls.cert), key: readBytes(tls.key) }, listener);
}

/** Resolves with the port. Throws PORT_IN_USE or CONFIG_INVALID. */
export function listening(server: Server, { host, port }: Pick<Config, 'host' | 'port'>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new CodedError('PORT_IN_USE', { host, port }, { cause })
          : new CodedError('CONFIG_INVALID', { host, port, reason: cause.message }, { cause }),
      ),
    );
    server.listen(port, host, () => resolve(portOf(server)));
  });
}

/** Idle keep-alive connections would hold a stopping server open. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A server that answers until it is disposed. */
export async function openServer(
  config: Config,
  handle: Handle,
): Promise<AsyncDisposable & { readonly port: number }> {
  const server = serverFor(config, handle);
  const port = await listening(server, config);
  return { port, [Symbol.asyncDispose]: () => closed(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}
