import { createHash, X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import { CodedError, codedError } from '../../shared/errors.ts';
import { DAY, type Instant, instant, SECOND } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import { type Config, readBytes } from '../config.ts';
import type { Log } from '../log.ts';

export type TlsFiles = NonNullable<Config['tls']>;

/** TLS 1.2 is what proxies and browsers of companies still need; below it nothing is. */
const MIN_VERSION = 'TLSv1.2';
const LOOK_EVERY_MS = 10 * SECOND;
const WARN_BEFORE_MS = 30 * DAY;

export interface Certificate {
  /** What a TLS server is made of. */
  readonly secure: { readonly cert: Buffer; readonly key: Buffer; readonly minVersion: 'TLSv1.2' };
  /** SHA-256 of the public key (SPKI), as agents pin it. */
  readonly pin: string;
  readonly expiresAt: Instant;
}

/** Reads certificate and key. Throws FILE_UNREADABLE, or CONFIG_INVALID when they are none or do not fit each other. */
export function readCertificate(files: TlsFiles): Certificate {
  const secure = { cert: readBytes(files.cert), key: readBytes(files.key), minVersion: MIN_VERSION } as const;
  try {
    createSecureContext(secure);
    const certificate = new X509Certificate(secure.cert);
    return { secure, pin: pinOfKey(certificate), expiresAt: instant(certificate.validToDate.getTime()) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('CONFIG_INVALID', { key: 'tls', reason }, { cause });
  }
}

export function pinOfKey({ publicKey }: X509Certificate): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

/** What people are told of the certificate that is served now. */
export interface CertificateState {
  readonly pin: string;
  readonly expiresAt: Instant;
  /** It ends within 30 days, or has ended. */
  readonly expiring: boolean;
}

export interface ServedCertificate extends Disposable {
  state(): CertificateState;
}

export interface WatchOptions {
  readonly files: TlsFiles;
  readonly served: Certificate;
  readonly server: Pick<Server, 'setSecureContext'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly everyMs?: number;
}

/** Serves a renewed certificate as soon as its files change, without a restart, and warns before one expires. */
export function watchCertificate(options: WatchOptions): ServedCertificate {
  const { files, server, clock, log } = options;
  let { served } = options;
  let seen = traceOf(files);
  let warnedAt = Number.NEGATIVE_INFINITY;

  function look(): void {
    const trace = traceOf(files);
    if (trace !== seen) {
      seen = trace;
      renew();
    }
    if (isExpiring(served, clock()) && clock() - warnedAt >= DAY) {
      warnedAt = clock();
      const expired = Date.parse(served.expiresAt) <= clock();
      log[expired ? 'error' : 'warn'](
        { expiresAt: served.expiresAt, expired },
        'the certificate must be renewed',
      );
    }
  }

  function renew(): void {
    try {
      const next = readCertificate(files);
      server.setSecureContext(next.secure);
      const { pin, expiresAt } = next;
      if (pin === served.pin) log.info({ pin, expiresAt }, 'certificate renewed');
      else
        log.warn({ pin, expiresAt }, 'certificate has a new key, agents that pinned the old one refuse it');
      served = next;
      warnedAt = Number.NEGATIVE_INFINITY;
    } catch (error) {
      // Half-written files are seen too; the next change is looked at again.
      log.warn({ err: codedError(error) }, 'new certificate cannot be used, the old one is still served');
    }
  }

  look();
  const timer = setInterval(look, options.everyMs ?? LOOK_EVERY_MS);
  return {
    state: () => ({ pin: served.pin, expiresAt: served.expiresAt, expiring: isExpiring(served, clock()) }),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function isExpiring({ expiresAt }: Certificate, now: number): boolean {
  return Date.parse(expiresAt) - now < WARN_BEFORE_MS;
}

function traceOf({ cert, key }: TlsFiles): string {
  return [cert, key]
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return `${stat?.ino} ${stat?.size} ${stat?.mtimeMs}`;
    })
    .join(' ');
}
