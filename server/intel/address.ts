import { type Bits, rangeOf, spelledBits } from './bits.ts';
import { prefixTable } from './prefix-table.ts';

export type Scope =
  | 'public'
  | 'private'
  | 'shared'
  | 'loopback'
  | 'link-local'
  | 'documentation'
  | 'multicast'
  | 'translated'
  | 'reserved';

export interface Address extends Bits {
  /** In its one spelling. */
  readonly ip: string;
  /** `public` is what the Internet routes. */
  readonly scope: Scope;
}

/** Undefined for text that is not an address. */
export function addressOf(text: string): Address | undefined {
  const spelled = spelledBits(text);
  if (!spelled) return undefined;
  const { ip, width, w0, w1, w2, w3 } = spelled;
  const scope = SCOPES.find(spelled) ?? (width === 32 ? 'public' : 'reserved');
  return { ip, width, w0, w1, w2, w3, scope };
}

// The IANA registries of special-purpose addresses (2026); of IPv6 only 2000::/3 is given out. `translated` carries an IPv4 address.
const SPECIAL: readonly (readonly [Scope, ...(readonly string[])])[] = [
  ['public', '2000::/3'],
  ['private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  ['shared', '100.64.0.0/10'],
  ['loopback', '127.0.0.0/8', '::1/128'],
  ['link-local', '169.254.0.0/16', 'fe80::/10'],
  ['documentation', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  ['multicast', '224.0.0.0/4', 'ff00::/8'],
  ['translated', '192.88.99.0/24', '64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '2002::/16'],
  ['reserved', '0.0.0.0/8', '192.0.0.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.175.48.0/24'],
  ['reserved', '198.18.0.0/15', '240.0.0.0/4', '2001:2::/48', '2001:10::/28', '2001:20::/28'],
];

const SCOPES = prefixTable(
  SPECIAL.flatMap(([value, ...cidrs]) =>
    cidrs.flatMap((cidr) => {
      const range = rangeOf(cidr);
      return range ? [{ range, value }] : [];
    }),
  ),
);
