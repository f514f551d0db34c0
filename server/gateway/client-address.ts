import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Where a request really comes from: the socket's address, unless that is a configured proxy. Then the right-most address of
 * X-Forwarded-For that is no configured proxy. From anywhere else the header is ignored, since whoever connects writes it.
 */
export function clientAddressOf(
  request: Pick<IncomingMessage, 'socket' | 'headers'>,
  trustedProxies: readonly string[],
): string {
  const socket = normalized(request.socket.remoteAddress ?? '');
  if (!isTrusted(socket, trustedProxies)) return socket;
  const header = request.headers['x-forwarded-for'];
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((hop) => normalized(hop.trim()));
  for (const hop of hops.reverse()) {
    if (isIP(hop) === 0) break;
    if (!isTrusted(hop, trustedProxies)) return hop;
  }
  return socket;
}

/** `::ffff:192.0.2.1` is `192.0.2.1`. */
function normalized(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

function isTrusted(address: string, proxies: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return proxies.some((proxy) => {
    const [range, bits] = proxy.includes('/') ? ipaddr.parseCIDR(proxy) : [ipaddr.parse(proxy), -1];
    return (
      range.kind() === parsed.kind() &&
      parsed.match(range, bits === -1 ? (range.kind() === 'ipv4' ? 32 : 128) : bits)
    );
  });
}
