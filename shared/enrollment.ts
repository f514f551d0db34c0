import * as z from 'zod/mini';
import { bytes32Schema, idSchema } from './ids.ts';
import { mirrorSchema } from './mirror.ts';
import { instantSchema } from './time.ts';

/** The one string to paste: this, then the base64url of a JSON `EnrollmentToken`. */
export const TOKEN_PREFIX = 'fh1.';

export const MOST_MIRRORS = 4;

export const enrollmentTokenSchema = z.strictObject({
  /** Where the collector is, such as https://collector.example.com:7443. */
  url: z.string().check(z.maxLength(2_000), z.regex(/^https?:\/\/[^\s]+$/)),
  /** SHA-256 of the public key (SPKI) of the collector's certificate; absent on loopback. */
  pin: z.optional(bytes32Schema),
  secret: bytes32Schema,
  expires: instantSchema,
});

export const enrollRequestSchema = z.strictObject({
  secret: bytes32Schema,
  /** Raw Ed25519 public key. */
  publicKey: bytes32Schema,
  /** What people call the machine; shown in the console, never judged. */
  hostname: z.string().check(z.maxLength(253)),
  agent: z.string().check(z.maxLength(32)),
});

export const enrollResponseSchema = z.strictObject({
  endpoint: idSchema,
  /** 32 bytes: the key of all keyed hashes in this organization. */
  organizationKey: bytes32Schema,
  /** Whom to ask from where this machine speaks, the first that answers. No frame can name another. */
  mirrors: z.optional(z.array(mirrorSchema).check(z.maxLength(MOST_MIRRORS))),
});

export type EnrollmentToken = Readonly<z.infer<typeof enrollmentTokenSchema>>;
export type EnrollRequest = Readonly<z.infer<typeof enrollRequestSchema>>;
export type EnrollResponse = Readonly<z.infer<typeof enrollResponseSchema>>;
