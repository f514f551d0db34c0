import type { FactOf } from '../../shared/facts.ts';
import type { Log } from '../log.ts';
import { type AsnTable, readAsns } from './asns.ts';
import { type Attribution, openCity } from './city.ts';
import { openCountries } from './country.ts';
import { factOf, type Sources } from './egress-fact.ts';
import { NETWORKS_DATE } from './networks.ts';
import { overrideTable, readOverrides } from './override-table.ts';
import { OVERRIDES, OVERRIDES_DATE } from './overrides.ts';

/** What an address tells. */
export interface Intel {
  /** Never throws; what is not a public address, or not known, has no place and network class `unknown`. */
  lookup(ip: string): FactOf<'egress'>;
  /** Name and date of the database in force, or why there is none. */
  readonly description: string;
  /** To be shown on every page with places. */
  readonly attribution?: Attribution;
  /** All sources with their dates. */
  readonly version: string;
}

export interface IntelOptions {
  /** An MMDB file or a folder of them; the optional dependency when left out. */
  readonly cityDb?: string | undefined;
  /** A JSON array of overrides, asked before our own. */
  readonly overridesFile?: string | undefined;
  readonly log: Log;
}

/** Rejects only for an overrides file that is unreadable or wrong; a missing database leaves places unknown. */
export async function openIntel({ cityDb, overridesFile, log }: IntelOptions): Promise<Intel> {
  const given = overridesFile === undefined ? [] : await readOverrides(overridesFile);
  const [city, asns] = await Promise.all([openCity(cityDb, log), openAsns(log)]);
  const sources: Sources = {
    city,
    asns,
    countries: openCountries(),
    overrides: [
      overrideTable(`override ${OVERRIDES_DATE}`, OVERRIDES),
      overrideTable("operator's override", given),
    ],
  };
  const attribution = city ? city.attribution : IP2LOCATION;
  return {
    lookup: remembered((ip) => factOf(ip, sources)),
    description: city?.name ?? `no city database, countries by ${sources.countries.name}`,
    ...(attribution ? { attribution } : {}),
    version: [
      city?.name,
      sources.countries.name,
      asns ? `ASN ${asns.date}` : undefined,
      `networks ${NETWORKS_DATE}`,
      `overrides ${OVERRIDES_DATE}${given.length > 0 ? ` and ${given.length} of the operator` : ''}`,
    ]
      .filter((part) => part !== undefined)
      .join('; '),
  };
}

const IP2LOCATION: Attribution = {
  text: 'Includes IP2Location LITE data',
  url: 'https://lite.ip2location.com',
};

async function openAsns(log: Log): Promise<AsnTable | undefined> {
  try {
    return await readAsns();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ code: 'GEO_UNAVAILABLE', reason }, 'network table cannot be read, networks are unknown');
    return undefined;
  }
}

const REMEMBERED = 20_000;

/** Endpoints speak from few addresses, again and again. Starting afresh is cheaper than finding the oldest in a full Map. */
function remembered(lookup: (ip: string) => FactOf<'egress'>): (ip: string) => FactOf<'egress'> {
  const answers = new Map<string, FactOf<'egress'>>();
  return (ip) => {
    const known = answers.get(ip);
    if (known) return known;
    if (answers.size >= REMEMBERED) answers.clear();
    const answer = Object.freeze(lookup(ip));
    answers.set(ip, answer);
    return answer;
  };
}
