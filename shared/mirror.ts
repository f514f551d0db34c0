import * as z from 'zod/mini';
import { ipSchema } from './facts.ts';
import { bytes32Schema, signatureSchema } from './ids.ts';
import { instantSchema, MINUTE } from './time.ts';

export const MIRROR_PATH = '/mirror';

/** An answer that is older, or younger than now by more than this, is refused: clocks differ, and answers could be kept. */
export const MIRROR_FRESH_MS = 2 * MINUTE;

/** A mirror tells who asks it under which public address they came. */
export const mirrorSchema = z.strictObject({
  /** Such as https://mirror.example.com; plain http is for loopback. */
  url: z.string().check(z.maxLength(2_000), z.regex(/^https?:\/\/[^\s]+$/)),
  /** Raw Ed25519 key that its answers are signed with. */
  publicKey: bytes32Schema,
  /** SHA-256 of the public key (SPKI) of its certificate, in place of verifying the chain. */
  pin: z.optional(bytes32Schema),
});

export const mirrorAnswerSchema = z.strictObject({
  nonce: bytes32Schema,
  ip: ipSchema,
  time: instantSchema,
});
/** What `GET /mirror?nonce=…` answers. */
export const mirrorReplySchema = z.strictObject({ answer: mirrorAnswerSchema, signature: signatureSchema });

export type Mirror = Readonly<z.infer<typeof mirrorSchema>>;
export type MirrorAnswer = Readonly<z.infer<typeof mirrorAnswerSchema>>;
export type MirrorReply = Readonly<z.infer<typeof mirrorReplySchema>>;

/** What a mirror's `signature` is made over. */
export function mirrorText({ nonce, ip, time }: MirrorAnswer): string {
  return ['farhand.v1 mirror', nonce, ip, time].join('\n');
}

/** The nonce of the `count`th question on a connection is the SHA-256 of this: an answer counts once, there and nowhere else. */
export function mirrorNonceText(connectionNonce: string, count: number): string {
  return ['farhand.v1 mirror nonce', connectionNonce, count].join('\n');
}
