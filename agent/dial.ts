import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CodedError } from '../shared/errors.ts';
import { sha256 } from './identity.ts';

/**
 * Opens the connection to the collector, and says nothing on it before the other side is known: by its pinned key, or without a pin
 * by the certificate authorities of the machine. Plain http is for loopback. Throws COLLECTOR_INSECURE, COLLECTOR_UNTRUSTED, or
 * what the network says.
 */
export async function dial(url: URL, pin: string | undefined, signal: AbortSignal): Promise<Socket> {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (secure ? 443 : 80));
  if (!secure) {
    if (pin !== undefined || !isLoopback(host))
      throw new CodedError('COLLECTOR_INSECURE', { url: url.origin });
    return opened(connectTcp({ host, port }), 'connect', signal);
  }
  const socket = connectTls({
    host,
    port,
    ...(isIP(host) ? {} : { servername: host }),
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: pin === undefined,
  });
  await opened(socket, 'secureConnect', signal);
  if (pin !== undefined && pinOf(socket.getPeerX509Certificate()) !== pin) {
    socket.destroy();
    throw new CodedError('COLLECTOR_UNTRUSTED', { url: url.origin, reason: 'the pin does not fit' });
  }
  return socket;
}

/** SHA-256 of a certificate's public key (SPKI), as base64url. */
export function pinOf(certificate: X509Certificate | undefined): string | undefined {
  return (
    certificate && sha256(certificate.publicKey.export({ type: 'spki', format: 'der' })).toString('base64url')
  );
}

async function opened<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (cause) {
    socket.destroy();
    throw isCertificateError(cause)
      ? new CodedError('COLLECTOR_UNTRUSTED', { reason: cause.code }, { cause })
      : cause;
  }
}

/** Node's names for a chain that does not verify: all of OpenSSL's begin or end so. */
function isCertificateError(cause: unknown): cause is Error & { readonly code: string } {
  if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') return false;
  return /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECODE)|ALTNAME/.test(cause.code);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
