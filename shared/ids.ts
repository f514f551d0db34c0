import * as z from 'zod/mini';

/** Ids that people choose or read: contractors, endpoints, catalog records, rules. No path or markup characters. */
export const idSchema = z.string().check(z.regex(/^[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,62}[A-Za-z0-9])?$/));

/** Names of products, rules and advisories in the catalog: kebab-case. */
export const slugSchema = z.string().check(z.maxLength(64), z.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/));

/** A spool's random name: 16 bytes as 32 lower-case hex digits. */
export const epochSchema = z.string().check(z.regex(/^[0-9a-f]{32}$/));

/** 32 bytes as unpadded base64url: a SHA-256, a nonce, a raw Ed25519 public key. */
export const bytes32Schema = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));

/** An Ed25519 signature as unpadded base64url (64 bytes). */
export const signatureSchema = z.string().check(z.regex(/^[A-Za-z0-9_-]{86}$/));

/** HMAC-SHA-256 under the organization key, cut to 16 bytes: equal things compare equal inside one organization only. */
export const keyedHashSchema = z.string().check(z.regex(/^[0-9a-f]{32}$/));
