import { createHash, verify } from 'node:crypto';
import { publicKeyOf } from '../ingest/verify.ts';

/** Whether this is the key's signature, written in the one way in which it can be: its last digit has spare bits. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  return (
    bytes.toString('base64url') === signature &&
    verify(null, Buffer.from(text), publicKeyOf(publicKey), bytes)
  );
}

/** What people note down elsewhere: SHA-256 of the raw public key, hex in groups of eight. */
export function fingerprintOf(publicKey: string): string {
  const hex = createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex');
  return hex.replaceAll(/(.{8})(?!$)/g, '$1 ');
}

export function sha256Of(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url');
}
