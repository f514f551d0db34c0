import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { CodedError } from '../../shared/errors.ts';
import { type CollectorKey, collectorKeySchema, keyText } from '../../shared/pack.ts';
import type { Instant } from '../../shared/time.ts';

/** Signs day roots and packs. */
export interface Signer {
  readonly publicKey: string;
  sign(text: string): string;
}

export interface CollectorKeys extends Signer {
  /** Every key there ever was, oldest first; the last one signs. */
  readonly all: readonly CollectorKey[];
}

/**
 * `<dataDir>/collector-keys.json`, readable by its owner alone: `keys`, all public halves with when they signed and how each was vouched
 * for by the one before it, and `privateKey` (PKCS #8 PEM) of the last. One file, so that a rotation happens whole or not at all.
 */
const fileSchema = z.strictObject({
  format: z.literal('farhand-keys.v1'),
  keys: z.array(collectorKeySchema).check(z.minLength(1)),
  privateKey: z.string(),
});
type KeyFile = z.infer<typeof fileSchema>;

/** Reads the keys, and makes the first one where there is none. Throws FILE_UNREADABLE. */
export function collectorKeys(dataDir: string, at: Instant): CollectorKeys {
  const path = pathIn(dataDir);
  return guarded(path, () => {
    if (!existsSync(path)) make(dataDir, at);
    return opened(path);
  });
}

/** Every key there ever was, as `collectorKeys` gives them, without making any: none where the collector never signed. */
export function knownCollectorKeys(dataDir: string): readonly CollectorKey[] {
  const path = pathIn(dataDir);
  return existsSync(path) ? guarded(path, () => opened(path)).all : [];
}

/** A new key signs from now on. The old one vouches for it with the last signature that it makes, and its private half is gone. */
export function rotateCollectorKey(dataDir: string, at: Instant): CollectorKeys {
  const before = collectorKeys(dataDir, at);
  const path = pathIn(dataDir);
  const { publicKey, pem } = newKey();
  const voucher = before.sign(keyText({ publicKey, from: at }));
  const ended = before.all.map((key) => (key.until === null ? { ...key, until: at } : key));
  const added = { publicKey, from: at, until: null, vouchedBy: before.publicKey, voucher };
  return guarded(path, () => {
    write(`${path}.new`, { format: 'farhand-keys.v1', keys: [...ended, added], privateKey: pem });
    renameSync(`${path}.new`, path);
    return opened(path);
  });
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'collector-keys.json');
}

/** Linked into place, so that of two first starts at once one key stays. */
function make(dataDir: string, at: Instant): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const { publicKey, pem } = newKey();
  const first = { publicKey, from: at, until: null, vouchedBy: null, voucher: null };
  const own = `${pathIn(dataDir)}.${process.pid}`;
  write(own, { format: 'farhand-keys.v1', keys: [first], privateKey: pem });
  try {
    linkSync(own, pathIn(dataDir));
  } catch (error) {
    if (!existsSync(pathIn(dataDir))) throw error;
  } finally {
    rmSync(own);
  }
}

function write(path: string, file: KeyFile): void {
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flush: true });
}

function opened(path: string): CollectorKeys {
  const { keys, privateKey } = z.parse(fileSchema, JSON.parse(readFileSync(path, 'utf8')));
  const key = createPrivateKey(privateKey);
  const publicKey = rawOf(createPublicKey(key));
  if (publicKey !== keys.at(-1)?.publicKey)
    throw new CodedError('FILE_UNREADABLE', {
      path,
      reason: 'the private key is not that of the last public key',
    });
  return { publicKey, all: keys, sign: (text) => sign(null, Buffer.from(text), key).toString('base64url') };
}

function newKey(): { readonly publicKey: string; readonly pem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: rawOf(publicKey), pem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })) };
}

function rawOf(key: KeyObject): string {
  const { crv, x } = key.export({ format: 'jwk' });
  if (crv !== 'Ed25519' || x === undefined)
    throw new CodedError('FILE_UNREADABLE', { reason: 'not an Ed25519 key' });
  return x;
}

function guarded<R>(path: string, work: () => R): R {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('FILE_UNREADABLE', { path, reason }, { cause });
  }
}
