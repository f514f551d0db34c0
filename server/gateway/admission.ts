import type { Clock } from '../clock.ts';

/** A token bucket for each key, bounded in number: the least recently used keys are forgotten first. */
export interface RateLimit {
  /** Takes one token; false when the key has none left. */
  take(key: string): boolean;
}

export interface RateLimitOptions {
  /** How many at once. */
  readonly burst: number;
  readonly perSecond: number;
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
