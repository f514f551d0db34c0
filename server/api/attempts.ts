import ipaddr from 'ipaddr.js';

/** Counts attempts by address and over all, in memory that `overall` bounds. A restart forgives. */
export interface Attempts {
  /** Counts one attempt at `now`; false when it is one too many. */
  allow(address: string, now: number): boolean;
}

export interface AttemptLimits {
  readonly windowMs: number;
  readonly perAddress: number;
  readonly overall: number;
}

export function newAttempts({ windowMs, perAddress, overall }: AttemptLimits): Attempts {
  const byAddress = new Map<string, number>();
  let total = 0;
  let windowEnd = 0;
  return {
    allow: (address, now) => {
      if (now >= windowEnd) {
        byAddress.clear();
        total = 0;
        windowEnd = now + windowMs;
      }
      const network = networkOf(address);
      const count = byAddress.get(network) ?? 0;
      if (count >= perAddress || total >= overall) return false;
      byAddress.set(network, count + 1);
      total += 1;
      return true;
    },
  };
}

/** An IPv6 client owns at least its /64, so that counts as one. */
function networkOf(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  return parsed.parts.slice(0, 4).join(':');
}
