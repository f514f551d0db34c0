import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { CodedError } from '../../shared/errors.ts';

/** 128 × 2^logN × r bytes of memory, p times over. */
export interface PasswordCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** Keeps and compares passwords. What is refused costs what is accepted costs. */
export interface Passwords {
  /** What to keep of a password: parameters, salt and hash. */
  kept(password: string): Promise<string>;
  /** Whether it is the password that was kept; where nothing was, false after the same work. */
  fits(password: string, kept: string | null): Promise<boolean>;
}

/** One of the settings that OWASP's Password Storage Cheat Sheet gives as equally strong: 32 MiB, three times. */
const COST: PasswordCost = { logN: 15, r: 8, p: 3 };
/** Two of the four threads that Node has for this and for files and names, so 64 MiB. */
const AT_ONCE = 2;
/** More would wait longer than people do. */
const MOST_WAITING = 30;
const BYTES = 32;

export function newPasswords(cost: PasswordCost = COST): Passwords {
  const run = bounded();
  const nobody = { cost, salt: randomBytes(16), hash: randomBytes(BYTES) };
  return {
    kept: async (password) => {
      const salt = randomBytes(16);
      return written({ cost, salt, hash: await run(() => hashed(password, { cost, salt })) });
    },
    fits: async (password, kept) => {
      const known = kept === null ? undefined : read(kept);
      const { cost: its, salt, hash } = known ?? nobody;
      const equal = timingSafeEqual(await run(() => hashed(password, { cost: its, salt })), hash);
      return equal && known !== undefined;
    },
  };
}

interface Kept {
  readonly cost: PasswordCost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Equal characters that keyboards write in different ways count as equal. */
function hashed(password: string, { cost, salt }: Omit<Kept, 'hash'>): Promise<Buffer> {
  const { logN, r, p } = cost;
  const N = 2 ** logN;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function written({ cost: { logN, r, p }, salt, hash }: Kept): string {
  return `$scrypt$ln=${logN},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

function read(text: string): Kept {
  const [, logN, r, p, salt = '', hash = ''] =
    /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(text) ?? [];
  if (hash === '') throw new CodedError('INTERNAL', { reason: 'a stored password is none' });
  return {
    cost: { logN: Number(logN), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
}

/** Runs a few at once and lets some wait. Throws TOO_MANY_REQUESTS beyond. */
function bounded(): <R>(work: () => Promise<R>) => Promise<R> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < AT_ONCE) running += 1;
    else if (waiting.length >= MOST_WAITING) throw new CodedError('TOO_MANY_REQUESTS');
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
