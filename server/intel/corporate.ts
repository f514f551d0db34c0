import * as z from 'zod';
import { countrySchema, latSchema, lonSchema } from '../../shared/geo.ts';
import type { Address } from './address.ts';
import { rangeOf } from './bits.ts';
import { prefixTable } from './prefix-table.ts';

/** An egress of the company itself: its VPN's, an office's. It wins over everything else that is known. */
export const siteSchema = z
  .strictObject({
    cidr: z.string().max(49).optional(),
    asn: z.int().min(1).max(4_294_967_295).optional(),
    name: z.string().min(1).max(80),
    country: z.optional(countrySchema),
    lat: z.optional(latSchema),
    lon: z.optional(lonSchema),
  })
  .refine(({ cidr, asn }) => (cidr === undefined) !== (asn === undefined), 'give cidr or asn')
  .refine(
    ({ cidr }) => cidr === undefined || rangeOf(cidr) !== undefined,
    'expected a range such as 192.0.2.0/24',
  )
  .refine(({ lat, lon }) => (lat === undefined) === (lon === undefined), 'lat and lon come together')
  .refine(({ country, lat }) => lat === undefined || country !== undefined, 'a point needs country');

export type Site = Readonly<z.infer<typeof siteSchema>>;

/** Within a city. */
export const SITE_RADIUS_KM = 25;

/** The site of an address: of the narrowest range that holds it, or of its network. */
export function siteFinder(
  sites: readonly Site[],
): (address: Address, asn: number | undefined) => Site | undefined {
  const ranges = prefixTable(
    sites.flatMap((site) => {
      const range = site.cidr === undefined ? undefined : rangeOf(site.cidr);
      return range ? [{ range, value: site }] : [];
    }),
  );
  const networks = new Map(sites.flatMap((site) => (site.asn === undefined ? [] : [[site.asn, site]])));
  return (address, asn) => ranges.find(address) ?? (asn === undefined ? undefined : networks.get(asn));
}
