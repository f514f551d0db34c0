import type { IncomingMessage } from 'node:http';
import { inNetwork, normalIp } from '../../shared/ip.ts';

/**
 * Where a request really comes from: the socket's address, unless that is a configured proxy. Then the right-most address of
 * X-Forwarded-For that is no configured proxy. From anywhere else the header is ignored, since whoever connects writes it.
 */
export function clientAddressOf(
  request: Pick<IncomingMessage, 'socket' | 'headers'>,
  trustedProxies: readonly string[],
): string {
  const socket = normalIp(request.socket.remoteAddress ?? '') ?? 'unknown';
  if (!isTrusted(socket, trustedProxies)) return socket;
  const header = request.headers['x-forwarded-for'];
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  for (const hop of hops.reverse()) {
    const address = normalIp(hop.trim());
    if (address === undefined) break;
    if (!isTrusted(address, trustedProxies)) return address;
  }
  return socket;
}

function isTrusted(address: string, proxies: readonly string[]): boolean {
  return proxies.some((proxy) =>
    proxy.includes('/') ? inNetwork(address, proxy) : normalIp(proxy) === address,
  );
}
