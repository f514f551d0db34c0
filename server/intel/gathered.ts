import type { NetworkClass } from '../../shared/facts.ts';
import type { Address } from './address.ts';
import type { Asn } from './asns.ts';
import type { Site } from './corporate.ts';
import type { CountryTable } from './country.ts';
import type { Override, OverrideTable } from './override-table.ts';
import type { PlaceRecord } from './place-record.ts';

/** Something that can be asked about an address. */
export interface Source<T> {
  /** Name and date. */
  readonly name: string;
  find(address: Address): T | undefined;
}

export interface ListSource {
  /** Name and date. */
  readonly name: string;
  readonly networkClass: NetworkClass;
  has(address: Address): boolean;
}

/** All that is in force at one moment. */
export interface Sources {
  readonly city: Source<PlaceRecord> | undefined;
  /** Only asked whether it agrees. */
  readonly second: Source<PlaceRecord> | undefined;
  readonly countries: CountryTable;
  readonly asns: Source<Asn> | undefined;
  readonly ownOverrides: OverrideTable;
  readonly givenOverrides: OverrideTable;
  readonly lists: readonly ListSource[];
  readonly site: (address: Address, asn: number | undefined) => Site | undefined;
}

/** What each of them said of one address, before anything is decided. */
export interface Gathered {
  readonly sources: Sources;
  readonly city: PlaceRecord | undefined;
  readonly second: PlaceRecord | undefined;
  readonly country: string | undefined;
  readonly asn: Asn | undefined;
  readonly own: Override | undefined;
  readonly given: Override | undefined;
  readonly lists: readonly ListSource[];
  readonly site: Site | undefined;
}

/** Asks all of them; databases only of public addresses, for of others they know nothing and some say something. */
export function gather(address: Address, sources: Sources): Gathered {
  const known = address.scope === 'public';
  const asn = known ? sources.asns?.find(address) : undefined;
  return {
    sources,
    city: known ? sources.city?.find(address) : undefined,
    second: known ? sources.second?.find(address) : undefined,
    country: known ? sources.countries.find(address) : undefined,
    asn,
    own: sources.ownOverrides.find(address),
    given: sources.givenOverrides.find(address),
    lists: known && sources.lists.length > 0 ? sources.lists.filter((list) => list.has(address)) : NO_LISTS,
    site: sources.site(address, asn?.asn),
  };
}

const NO_LISTS: readonly ListSource[] = [];
