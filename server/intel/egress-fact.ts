import type { FactOf } from '../../shared/facts.ts';
import type { Address } from './address.ts';
import type { Asn } from './asns.ts';
import { type ClassVerdict, classVerdicts, networkVerdict } from './class-verdict.ts';
import { type Gathered, gather, type Sources } from './gathered.ts';
import type { Override } from './override-table.ts';
import { overrideSaid, type PlaceVerdict, placeVerdict } from './place-verdict.ts';

/** An answer with everything that led to it. */
export interface Answer {
  readonly gathered: Gathered;
  readonly place: PlaceVerdict | undefined;
  readonly network: Partial<Asn>;
  /** The deciding first. */
  readonly classes: readonly ClassVerdict[];
  readonly fact: FactOf<'egress'>;
}

/** What the sources say of an address, as the fact that is stored and with the reasons. */
export function answerOf(address: Address, sources: Sources): Answer {
  const gathered = gather(address, sources);
  const place = placeVerdict(gathered);
  const network = networkVerdict(gathered);
  const classes = classVerdicts(gathered, network);
  const fact = factOf(address, { place, network, classes, intelVersion: saidOf(gathered, place, classes) });
  return { gathered, place, network, classes, fact };
}

type Fact = FactOf<'egress'>;

interface Parts extends Pick<Answer, 'place' | 'network' | 'classes'> {
  readonly intelVersion: string;
}

function factOf({ ip }: Address, { place: verdict, network, classes, intelVersion }: Parts): Fact {
  const networkClass = classes[0]?.networkClass ?? 'unknown';
  const { asn, org } = network;
  if (verdict && !verdict.disputed && asn !== undefined && org !== undefined && intelVersion) {
    const { country, region, city, lat, lon, radiusKm } = verdict.place;
    // What most addresses get, in one piece: putting it together takes three times as long, and every new address pays for it.
    if (
      country !== undefined &&
      region !== undefined &&
      city !== undefined &&
      lat !== undefined &&
      lon !== undefined &&
      radiusKm !== undefined
    )
      return {
        kind: 'egress',
        ip,
        country,
        region,
        city,
        lat,
        lon,
        radiusKm,
        asn,
        org,
        networkClass,
        intelVersion,
      };
  }
  return {
    kind: 'egress',
    ip,
    ...verdict?.place,
    ...(verdict?.disputed ? DISPUTED : undefined),
    ...network,
    networkClass,
    ...(intelVersion ? { intelVersion } : undefined),
  };
}

const DISPUTED = { disputed: true } as const;
const MOST = 160;

function saidOf(
  { own, given, asn, sources }: Gathered,
  place: PlaceVerdict | undefined,
  [decided]: readonly ClassVerdict[],
): string {
  let said = place?.said ?? '';
  const add = (part: string): void => {
    said += said ? `; ${part}` : part;
  };
  // An override that leaves the place to others says something of the network.
  if (given && saysNoPlace(given)) add(overrideSaid(sources.givenOverrides.name, given));
  if (own && saysNoPlace(own)) add(overrideSaid(sources.ownOverrides.name, own));
  if (decided?.said) add(`${decided.said} (${decided.confidence})`);
  if (asn && sources.asns && place?.radius !== 'override') add(sources.asns.name);
  return said.length > MOST ? said.slice(0, MOST) : said;
}

function saysNoPlace({ country, place }: Override): boolean {
  return country === undefined && place === undefined;
}
