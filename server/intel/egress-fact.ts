import type { FactOf } from '../../shared/facts.ts';
import type { Address } from './address.ts';
import type { Asn } from './asns.ts';
import { type ClassVerdict, classVerdicts, networkVerdict } from './class-verdict.ts';
import { type Gathered, gather, type Sources } from './gathered.ts';
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
  const intelVersion = saidOf(gathered, place, classes);
  const fact: FactOf<'egress'> = {
    kind: 'egress',
    ip: address.ip,
    ...place?.place,
    ...(place?.disputed ? DISPUTED : undefined),
    ...network,
    networkClass: classes[0]?.networkClass ?? 'unknown',
    ...(intelVersion ? { intelVersion } : undefined),
  };
  return { gathered, place, network, classes, fact };
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
  for (const [override, { name }] of [
    [given, sources.givenOverrides],
    [own, sources.ownOverrides],
  ] as const)
    if (override && override.country === undefined && override.place === undefined)
      add(overrideSaid(name, override));
  if (decided?.said) add(`${decided.said} (${decided.confidence})`);
  if (asn && sources.asns && place?.radius !== 'override') add(sources.asns.name);
  return said.length > MOST ? said.slice(0, MOST) : said;
}
