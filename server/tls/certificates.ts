// The library needs this polyfill before it is loaded.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { DAY } from '../../shared/time.ts';

/** PEM of a certificate and of its private key (PKCS #8). */
export interface KeyedCertificate {
  readonly cert: string;
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const AUTHORITY_DAYS = 3_650;
/** Browsers refuse server certificates that are good for more than 398 days. */
const CERTIFICATE_DAYS = 397;

/** A certificate authority of one's own, which signs certificates but no further authorities. */
export async function newAuthority(name: string, now: number): Promise<KeyedCertificate> {
  const keys = await newKeys();
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: ALGORITHM,
    ...validity(now, AUTHORITY_DAYS),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: `${cert.toString('pem')}\n`, key: await privatePem(keys.privateKey) };
}

export interface CertificateRequest {
  readonly authority: KeyedCertificate;
  /** DNS names and addresses that the collector is reached by. */
  readonly names: readonly string[];
  readonly now: number;
  /** A private key to keep, and its pin with it. A new one when left out. */
  readonly key?: string;
}

/** A server certificate signed by `authority`. */
export async function newCertificate(request: CertificateRequest): Promise<KeyedCertificate> {
  const { authority, names, now, key } = request;
  const { publicKey, privateKey } = key === undefined ? await newKeys() : await keysOf(key);
  const issuer = await keysOf(authority.key);
  const cert = await X509CertificateGenerator.create({
    subject: [{ CN: ['Farhand collector'] }],
    issuer: new X509Certificate(authority.cert).subject,
    publicKey,
    signingKey: issuer.privateKey,
    signingAlgorithm: ALGORITHM,
    ...validity(now, CERTIFICATE_DAYS),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) ? 'ip' : 'dns', value: name })),
      ),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { cert: `${cert.toString('pem')}\n`, key: await privatePem(privateKey) };
}

/** Backdated by a day: a machine whose clock is behind must not refuse a certificate of today. */
function validity(now: number, days: number) {
  return { notBefore: new Date(now - DAY), notAfter: new Date(now + days * DAY) };
}

function newKeys() {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** The pair of a private key in PEM: its public half is in it. */
async function keysOf(pem: string) {
  const { subtle } = webcrypto;
  const [der = new ArrayBuffer()] = PemConverter.decode(pem);
  const privateKey = await subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']);
  const { kty = '', crv = '', x = '', y = '' } = await subtle.exportKey('jwk', privateKey);
  const publicKey = await subtle.importKey('jwk', { kty, crv, x, y }, ALGORITHM, true, ['verify']);
  return { privateKey, publicKey };
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}
