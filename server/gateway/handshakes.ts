import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/**
 * Times TLS handshakes of a server: from the accepted TCP connection to both sides' Finished, which is one round trip of TLS 1.3 and
 * the time that the keys take. Behind a proxy it is the proxy's, so it is not asked for there.
 */
export function timeHandshakes(server: Server): (socket: Socket) => number | undefined {
  const accepted = new Map<string, number>();
  const took = new WeakMap<Socket, number>();
  if (!(server instanceof TlsServer)) return () => undefined;
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    accepted.set(name, performance.now());
    socket.once('close', () => accepted.delete(name));
  });
  server.on('secureConnection', (socket: Socket) => {
    const at = accepted.get(nameOf(socket));
    accepted.delete(nameOf(socket));
    if (at !== undefined) took.set(socket, performance.now() - at);
  });
  return (socket) => took.get(socket);
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
