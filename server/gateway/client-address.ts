import type { IncomingMessage } from 'node:http';
import { CodedError } from '../../shared/errors.ts';
import { inNetwork, normalIp } from '../../shared/ip.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { hopsOfForwarded, hopsOfXForwardedFor } from './forwarded.ts';

/** The unspecified address: a proxy does not say whom it speaks for. It is no place, so nobody is brought together by it. */
export const UNKNOWN_ADDRESS = '0.0.0.0';

type Asked = Pick<IncomingMessage, 'socket' | 'headers'>;

export interface ClientAddresses {
  /**
   * Where a request really comes from: the peer, unless that is a configured proxy. Then the right-most hop of the proxies' header that
   * is no configured proxy, or UNKNOWN_ADDRESS. From anywhere else the header is ignored and counted, since whoever connects writes it.
   */
  of(request: Asked): string;
  /** PLAIN_CONNECTION for who connects without TLS and is neither on this machine nor a configured proxy. */
  refusal(request: Asked): CodedError | undefined;
  /** How many forwarding headers were ignored since the start. */
  ignored(): number;
}

export interface ClientAddressOptions
  extends Pick<Config, 'trustedProxies' | 'forwardedHeader'>,
    Partial<Pick<Config, 'tls'>> {
  readonly log: Log;
  /** Whom the PROXY protocol named for this connection. */
  readonly proxied?: (socket: Asked['socket']) => string | undefined;
}

/** Addresses that are told in the log once each; of further ones only the count is kept. */
const TOLD_AT_MOST = 1_000;

export function clientAddresses(options: ClientAddressOptions): ClientAddresses {
  const { trustedProxies, forwardedHeader, log } = options;
  const told = new Set<string>();
  let ignored = 0;

  function tellOnce(peer: string, message: string): void {
    if (told.has(peer) || told.size >= TOLD_AT_MOST) return;
    told.add(peer);
    log.warn({ ip: peer }, message);
  }

  return {
    of(request) {
      const { headers, socket } = request;
      const peer = options.proxied?.(socket) ?? socketAddress(request);
      if (!isOneOf(peer, trustedProxies)) {
        if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) {
          ignored += 1;
          tellOnce(peer, 'forwarding header ignored, this is no configured proxy');
        }
        return peer;
      }
      const hops =
        forwardedHeader === 'Forwarded'
          ? hopsOfForwarded(headers.forwarded ?? '')
          : hopsOfXForwardedFor(textOf(headers['x-forwarded-for']));
      for (const hop of hops) {
        if (hop === undefined) break;
        if (!isOneOf(hop, trustedProxies)) return hop;
      }
      tellOnce(peer, 'proxy does not say whom it speaks for');
      return UNKNOWN_ADDRESS;
    },
    refusal(request) {
      const peer = socketAddress(request);
      const secure = options.tls || isLoopback(peer) || isOneOf(peer, trustedProxies);
      return secure ? undefined : new CodedError('PLAIN_CONNECTION', { ip: peer });
    },
    ignored: () => ignored,
  };
}

export function isOneOf(address: string, proxies: readonly string[]): boolean {
  return proxies.some((proxy) =>
    proxy.includes('/') ? inNetwork(address, proxy) : normalIp(proxy) === address,
  );
}

function socketAddress({ socket }: Asked): string {
  return normalIp(socket.remoteAddress ?? '') ?? UNKNOWN_ADDRESS;
}

function isLoopback(address: string): boolean {
  return address === '::1' || inNetwork(address, '127.0.0.0/8');
}

function textOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : (header ?? []).join(',');
}
