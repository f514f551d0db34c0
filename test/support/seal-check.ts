import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { ErrorCode } from '../../shared/errors.ts';
import type { SealedBatch } from '../../shared/frames.ts';
import { genesisText } from '../../shared/seal.ts';

/** The raw Ed25519 key of an enrollment as a key object. */
export function publicKeyOf(raw: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw }, format: 'jwk' });
}

export function isSignedBy(raw: string, message: Uint8Array | string, signature: string): boolean {
  return verify(null, Buffer.from(message), publicKeyOf(raw), Buffer.from(signature, 'base64url'));
}

export function genesisHash(endpoint: string, epoch: string): string {
  return createHash('sha256').update(genesisText(endpoint, epoch)).digest('base64url');
}

/** What is wrong with a batch that is to follow `head`, if anything: reckoned with node:crypto alone. */
export function sealProblem(
  { header, payload }: SealedBatch,
  head: string,
  key: string,
): ErrorCode | undefined {
  if (header.prev !== head) return 'CHAIN_BREAK';
  const hash = createHash('sha256').update(Buffer.from(header.prev, 'base64url')).update(payload).digest();
  if (hash.toString('base64url') !== header.hash) return 'CHAIN_BREAK';
  return isSignedBy(key, hash, header.signature) ? undefined : 'SIGNATURE_INVALID';
}
