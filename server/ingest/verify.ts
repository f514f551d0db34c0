import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { CodedError } from '../../shared/errors.ts';
import type { Hello, SealedBatch } from '../../shared/frames.ts';
import { genesisText, helloText } from '../../shared/seal.ts';

/** A raw Ed25519 public key (32 bytes, base64url) as Node wants it. Throws SIGNATURE_INVALID when it is none. */
export function publicKeyOf(raw: string): KeyObject {
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: raw } });
  } catch (cause) {
    throw new CodedError('SIGNATURE_INVALID', { reason: 'not an Ed25519 public key' }, { cause });
  }
}

/** Throws SIGNATURE_INVALID unless the hello was signed by this key over this nonce. */
export function verifyHello(key: KeyObject, nonce: string, hello: Hello): void {
  const signed = verify(
    null,
    Buffer.from(helloText(nonce, hello)),
    key,
    Buffer.from(hello.signature, 'base64url'),
  );
  if (!signed) throw new CodedError('SIGNATURE_INVALID', { endpoint: hello.endpoint, frame: 'hello' });
}

/** Throws SIGNATURE_INVALID unless the end of an export was signed by this key. */
export function verifyText(key: KeyObject, text: string, signature: string): void {
  if (!verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url')))
    throw new CodedError('SIGNATURE_INVALID', { frame: 'export' });
}

/** Throws SIGNATURE_INVALID unless `hash` is the hash of prev and payload, and was signed by this key. */
export function verifySeal(key: KeyObject, { header, payload }: SealedBatch): void {
  const hash = createHash('sha256')
    .update(Buffer.from(header.prev, 'base64url'))
    .update(payload, 'utf8')
    .digest();
  const hashed = hash.toString('base64url') === header.hash;
  if (!hashed || !verify(null, hash, key, Buffer.from(header.signature, 'base64url'))) {
    throw new CodedError('SIGNATURE_INVALID', {
      frame: 'batch',
      first: header.first,
      reason: hashed ? 'signature' : 'hash',
    });
  }
}

/** The `prev` of an epoch's first batch. */
export function genesis(endpoint: string, epoch: string): string {
  return createHash('sha256').update(genesisText(endpoint, epoch)).digest('base64url');
}
