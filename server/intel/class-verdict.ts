import type { NetworkClass } from '../../shared/facts.ts';
import type { Asn } from './asns.ts';
import type { Gathered } from './gathered.ts';
import { type Confidence, NETWORKS_DATE, networkKind } from './networks.ts';

export interface ClassVerdict {
  readonly networkClass: NetworkClass;
  readonly source: string;
  readonly confidence: Confidence;
  /** How the fact names it, in few words; undefined where the place already names the source. */
  readonly said?: string;
}

/** The number and the name of the network; overrides replace what the table says. */
export function networkVerdict({ site, given, own, asn }: Gathered): Partial<Asn> {
  const number = given?.asn ?? own?.asn;
  const org = given?.org ?? own?.org;
  // The name belongs to the number: a new number without a name has none.
  const network: Partial<Asn> = number === undefined ? (asn ?? {}) : { asn: number };
  const named = org === undefined ? network : { ...network, org };
  return named.asn === undefined && site?.asn !== undefined ? { ...named, asn: site.asn } : named;
}

/** What speaks for a class, the deciding first: sites, overrides, then by class, for what is rarer is known more exactly. */
export function classVerdicts(gathered: Gathered, network: Partial<Asn>): readonly ClassVerdict[] {
  const { site, given, own, lists, sources } = gathered;
  const byNetwork = verdictsOfNetwork(network);
  if (!site && !given && !own && lists.length === 0) return byNetwork;
  const verdicts: ClassVerdict[] = [];
  if (site)
    verdicts.push({
      networkClass: 'corporate',
      source: `corporate site ${site.name}`,
      confidence: 'certain',
      ...(site.country === undefined ? { said: `corporate site ${site.name}` } : {}),
    });
  for (const [override, table] of [
    [given, sources.givenOverrides],
    [own, sources.ownOverrides],
  ] as const)
    if (override?.networkClass)
      verdicts.push({
        networkClass: override.networkClass,
        source: `${table.name}: ${override.reason}`,
        confidence: override.confidence,
        ...(override.country === undefined && override.place === undefined
          ? { said: `class by ${table.name}` }
          : {}),
      });
  const listed = lists.map(
    ({ name, networkClass }): ClassVerdict => ({
      networkClass,
      source: name,
      confidence: 'reported',
      said: `class by ${name}`,
    }),
  );
  return [...verdicts, ...[...listed, ...byNetwork].toSorted(byClass)];
}

const NONE: readonly ClassVerdict[] = [];
const KEPT = 4_096;
const kept = new Array<
  { readonly asn: number; readonly org: string; readonly verdicts: readonly ClassVerdict[] } | undefined
>(KEPT).fill(undefined);

/** Kept, because the words of a name are looked for in it. */
function verdictsOfNetwork({ asn, org = '' }: Partial<Asn>): readonly ClassVerdict[] {
  if (asn === undefined) return NONE;
  const slot = asn % KEPT;
  const known = kept[slot];
  if (known?.asn === asn && known.org === org) return known.verdicts;
  const kind = networkKind(asn, org);
  const verdicts = kind ? [{ ...kind, ...SAID[kind.by] }] : NONE;
  kept[slot] = { asn, org, verdicts };
  return verdicts;
}

const SAID = {
  number: { said: `class by networks ${NETWORKS_DATE}` },
  name: { said: 'class by name' },
} as const;

// X4BNet counts Apple's relay as VPN, and its list of hosting holds the exits of VPN vendors: the particular wins. What only a name
// suggests stands last.
const RANK: readonly NetworkClass[] = ['tor', 'relay', 'corporate', 'vpn', 'satellite', 'mobile', 'hosting'];

function byClass(a: ClassVerdict, b: ClassVerdict): number {
  return rank(a) - rank(b);
}

function rank({ networkClass, confidence }: ClassVerdict): number {
  const index = RANK.indexOf(networkClass);
  return (index === -1 ? RANK.length : index) + (confidence === 'unconfirmed' ? RANK.length : 0);
}
