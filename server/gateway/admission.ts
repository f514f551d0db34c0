import { MINUTE, SECOND } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';

/** A token bucket for each key, bounded in number: the least recently used keys are forgotten first. */
export interface RateLimit {
  /** Takes one token; false when the key has none left. */
  take(key: string): boolean;
}

export interface Rate {
  /** How many at once. */
  readonly burst: number;
  readonly perSecond: number;
}

export interface RateLimitOptions extends Rate {
  readonly maxKeys: number;
  readonly clock: Clock;
}

export function rateLimit({ burst, perSecond, maxKeys, clock }: RateLimitOptions): RateLimit {
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>();
  return {
    take(key) {
      const now = clock();
      const before = buckets.get(key);
      const elapsed = before ? Math.max(0, now - before.at) / 1_000 : 0;
      const tokens = Math.min(burst, (before?.tokens ?? burst) + elapsed * perSecond);
      buckets.delete(key);
      buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
      for (const oldest of buckets.keys()) {
        if (buckets.size <= maxKeys) break;
        buckets.delete(oldest);
      }
      return tokens >= 1;
    },
  };
}

/** One token bucket, which may be overdrawn by its burst. It is full at first. */
export function bucket({ burst, perSecond }: Rate) {
  let tokens = burst;
  let at = 0;
  const level = (now: number): number => {
    tokens = Math.min(burst, tokens + (Math.max(0, now - at) / SECOND) * perSecond);
    at = now;
    return tokens;
  };
  return {
    level,
    /** What is left afterwards; below 0 it was too much. */
    take(now: number, cost = 1): number {
      tokens = Math.max(-burst, level(now) - cost);
      return tokens;
    },
  };
}

/** Tells those who are turned away when to come back. */
export interface Later {
  /** Anywhere in the time that all who were turned away lately would take, so that they come one by one. */
  retryAfterMs(): number;
}

const LEAST_SPREAD_MS = 5 * SECOND;
const MOST_SPREAD_MS = 5 * MINUTE;

export function later({
  perSecond,
  clock = () => performance.now(),
  random = Math.random,
}: {
  /** How many can be taken. */
  readonly perSecond: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}): Later {
  let ahead = 0;
  let at = clock();
  return {
    retryAfterMs() {
      const now = clock();
      ahead = Math.max(0, ahead - ((now - at) / SECOND) * perSecond) + 1;
      at = now;
      return SECOND + spread(Math.max(LEAST_SPREAD_MS, (ahead / perSecond) * SECOND), random);
    },
  };
}

/** Full jitter over what a crowd takes, within reason. */
export function spread(ms: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(MOST_SPREAD_MS, ms));
}
