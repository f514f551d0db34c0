import type { Hello } from './frames.ts';

/**
 * What is hashed and signed, as text or bytes; each side brings its own SHA-256 and Ed25519.
 *
 *   hash₀     = SHA-256(genesisText(endpoint, epoch))            the `prev` of an epoch's first batch
 *   hashₙ     = SHA-256(hashₙ₋₁ as 32 bytes ‖ payload as UTF-8)   chains every batch to all before it
 *   signature = Ed25519(hashₙ as 32 bytes)
 *
 * Endpoint and epoch are in hash₀, so a batch proves whose it is and where it stands, without its header.
 */
export function genesisText(endpoint: string, epoch: string): string {
  return `farhand.v1 epoch\n${endpoint}\n${epoch}`;
}

/** What the `signature` of a hello is made over: the challenge's nonce and every field of the hello. */
export function helloText(nonce: string, hello: Omit<Hello, 'type' | 'signature'>): string {
  const { endpoint, epoch, oldest, next, boot, agent, time } = hello;
  return ['farhand.v1 hello', nonce, endpoint, epoch, oldest, next, boot, agent, time].join('\n');
}
