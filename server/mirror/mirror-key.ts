import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../shared/errors.ts';

export interface MirrorKey {
  readonly key: KeyObject;
  /** Raw, base64url, as collectors are told. */
  readonly publicKey: string;
}

/** Reads `<dataDir>/mirror-key.pem`, made at the first start and readable by its owner alone. Throws FILE_UNREADABLE. */
export function mirrorKey(dataDir: string): MirrorKey {
  const path = join(dataDir, 'mirror-key.pem');
  try {
    if (!existsSync(path)) make(dataDir, path);
    const key = createPrivateKey(readFileSync(path));
    const { crv, x } = createPublicKey(key).export({ format: 'jwk' });
    if (crv !== 'Ed25519' || x === undefined)
      throw new CodedError('FILE_UNREADABLE', { path, reason: 'not an Ed25519 key' });
    return { key, publicKey: x };
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('FILE_UNREADABLE', { path, reason }, { cause });
  }
}

/** Whole or not at all: collectors know the public half. */
function make(dataDir: string, path: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  writeFileSync(`${path}.new`, pem, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
