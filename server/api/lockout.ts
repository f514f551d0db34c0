import { MINUTE } from '../../shared/time.ts';

/** Counts wrong passwords by account, whether there is such an account or not. In memory that is bounded; a restart forgives. */
export interface Lockout {
  /** Counts one try; false when this account had too many. A guess counts before it is checked, so that many at once gain nothing. */
  allow(account: string, now: number): boolean;
  /** After the right password. */
  forget(account: string): void;
}

const WINDOW_MS = 15 * MINUTE;
const MOST_TRIES = 10;
const MOST_ACCOUNTS = 10_000;

export function newLockout(): Lockout {
  const tries = new Map<string, { readonly count: number; readonly until: number }>();
  return {
    allow: (account, now) => {
      const key = account.toLowerCase();
      const known = tries.get(key);
      const { count, until } = known && now < known.until ? known : { count: 0, until: now + WINDOW_MS };
      tries.delete(key);
      tries.set(key, { count: count + 1, until });
      const [oldest] = tries.keys();
      if (tries.size > MOST_ACCOUNTS && oldest !== undefined) tries.delete(oldest);
      return count < MOST_TRIES;
    },
    forget: (account) => {
      tries.delete(account.toLowerCase());
    },
  };
}
