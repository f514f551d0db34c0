import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Seals small things into a cookie that only this process can read or make; a restart forgets them all. */
export interface Sealer {
  seal(content: unknown): string;
  /** Undefined for what was not sealed here. */
  open(sealed: string): unknown;
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

export function newSealer(): Sealer {
  const key = randomBytes(32);
  return {
    seal: (content) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv);
      const text = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const start = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
      try {
        return JSON.parse(Buffer.concat([start, decipher.final()]).toString());
      } catch {
        return undefined;
      }
    },
  };
}
