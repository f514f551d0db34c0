import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { CodedError } from '../shared/errors.ts';
import { bytes32Schema, idSchema } from '../shared/ids.ts';
import { type Mirror, mirrorSchema } from '../shared/mirror.ts';
import { problemsOf } from '../shared/problems.ts';

const identityFileSchema = z.strictObject({
  endpoint: idSchema,
  url: z.string(),
  pin: z.optional(bytes32Schema),
  organizationKey: bytes32Schema,
  mirrors: z.optional(z.array(mirrorSchema)),
  /** Ed25519 private key, PKCS #8 DER as base64url. */
  privateKey: z.string().check(z.maxLength(200)),
});

export type IdentityFile = Readonly<z.infer<typeof identityFileSchema>>;

/** Who this endpoint is, and to whom it speaks. The keys themselves stay inside. */
export interface Identity {
  readonly endpoint: string;
  readonly url: string;
  readonly pin?: string;
  /** Raw Ed25519 key, base64url. */
  readonly publicKey: string;
  /** Whom to ask from where this machine speaks; named at enrollment and never after. */
  readonly mirrors: readonly Mirror[];
  /** Ed25519 signature as base64url. */
  sign(message: Uint8Array | string): string;
  /** HMAC-SHA-256 under the organization's key, cut to 16 bytes, as hex. */
  keyedHash(text: string): string;
}

/** Reads `<dataDir>/identity.json`. Throws NOT_ENROLLED or FILE_UNREADABLE. */
export function readIdentity(dataDir: string): Identity {
  const path = identityPath(dataDir);
  if (!existsSync(path)) throw new CodedError('NOT_ENROLLED', { dataDir });
  const file = parsed(path);
  const key = privateKeyOf(file.privateKey);
  const organizationKey = Buffer.from(file.organizationKey, 'base64url');
  const { endpoint, url, pin, mirrors = [] } = file;
  return {
    endpoint,
    url,
    ...(pin === undefined ? {} : { pin }),
    publicKey: rawPublicKey(createPublicKey(key)),
    mirrors,
    sign: (message) => signWith(key, message),
    keyedHash: (text) =>
      createHmac('sha256', organizationKey).update(text).digest().subarray(0, 16).toString('hex'),
  };
}

export function isEnrolled(dataDir: string): boolean {
  return existsSync(identityPath(dataDir));
}

/** Whether accounts other than the owner's may read the private key. Windows keeps no such bits. */
export function isReadableByOthers(dataDir: string): boolean {
  return process.platform !== 'win32' && (statSync(identityPath(dataDir)).mode & 0o077) !== 0;
}

/**
 * Takes the private key from everybody but its owner, and says whether that was needed. To refuse would be silence, which helps whoever
 * opened the file; that somebody may have copied the key is for people to judge. Throws FILE_UNREADABLE where it cannot be changed.
 */
export function closeToOthers(dataDir: string): boolean {
  const path = identityPath(dataDir);
  if (!existsSync(path) || !isReadableByOthers(dataDir)) return false;
  try {
    chmodSync(path, 0o600);
    return true;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Makes the folder, for its owner alone, and proves that it can be written. Throws FILE_UNREADABLE. */
export function prepareDataDir(dataDir: string): void {
  const path = `${identityPath(dataDir)}.new`;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(path, '', { mode: 0o600, flush: true });
    rmSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Writes the file whole or not at all, readable by its owner alone. Throws ALREADY_ENROLLED or FILE_UNREADABLE. */
export function writeIdentity(dataDir: string, file: IdentityFile): void {
  if (isEnrolled(dataDir)) throw new CodedError('ALREADY_ENROLLED', { dataDir });
  const path = identityPath(dataDir);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    rmSync(`${path}.new`, { force: true });
    writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
    flushFolder(dataDir);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Makes the new name itself survive a power cut: the token was spent for it. Windows has no such call and needs none. */
function flushFolder(path: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A new key pair: the raw public key to register, the private one to keep. */
export function newKeys(): { readonly publicKey: string; readonly privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: rawPublicKey(publicKey),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url'),
  };
}

export function privateKeyOf(pkcs8: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8, 'base64url'), format: 'der', type: 'pkcs8' });
}

export function signWith(key: KeyObject, message: Uint8Array | string): string {
  return sign(null, Buffer.from(message), key).toString('base64url');
}

export function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function rawPublicKey(key: KeyObject): string {
  const { x } = key.export({ format: 'jwk' });
  return x ?? '';
}

function parsed(path: string): IdentityFile {
  const result = z.safeParse(identityFileSchema, json(path));
  if (result.success) return result.data;
  throw new CodedError('FILE_UNREADABLE', { path, reason: problemsOf(result.error) });
}

function json(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which is a key: neither it nor the cause may be shown.
    throw new CodedError('FILE_UNREADABLE', { path, reason: 'not JSON' });
  }
}

function unreadable(path: string, cause: unknown): CodedError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CodedError('FILE_UNREADABLE', { path, reason }, { cause });
}

function identityPath(dataDir: string): string {
  return join(dataDir, 'identity.json');
}
