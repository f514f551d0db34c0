import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { CodedError } from '../../shared/errors.ts';
import type { Instant } from '../../shared/time.ts';
import type { Signer } from '../store/tombstones.ts';

const fileSchema = z.looseObject({ privateKey: z.string() });

/** Signs with the collector's key, the last of `collector-keys.json`; makes the first one where there is none. Throws FILE_UNREADABLE. */
export function signerIn(dataDir: string, at: Instant): Signer {
  const path = join(dataDir, 'collector-keys.json');
  try {
    if (!existsSync(path)) make(path, at);
    const key = createPrivateKey(z.parse(fileSchema, JSON.parse(readFileSync(path, 'utf8'))).privateKey);
    return {
      publicKey: String(createPublicKey(key).export({ format: 'jwk' }).x),
      sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('FILE_UNREADABLE', { path, reason }, { cause });
  }
}

/** Linked into place, so that of two first starts at once one key stays. */
function make(path: string, at: Instant): void {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = String(publicKey.export({ format: 'jwk' }).x);
  const first = { publicKey: raw, from: at, until: null, vouchedBy: null, voucher: null };
  const pem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const own = `${path}.${process.pid}`;
  const file = { format: 'farhand-keys.v1', keys: [first], privateKey: pem };
  writeFileSync(own, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(own, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(own);
  }
}
