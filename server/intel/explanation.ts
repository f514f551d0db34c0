import type { FactOf } from '../../shared/facts.ts';
import type { Address, Scope } from './address.ts';
import type { ClassVerdict } from './class-verdict.ts';
import { type Answer, answerOf } from './egress-fact.ts';
import type { Sources } from './gathered.ts';
import type { Override } from './override-table.ts';
import type { RadiusOrigin } from './place-verdict.ts';

/** An answer and how it came about. */
export interface Explanation {
  readonly fact: FactOf<'egress'>;
  readonly scope: Scope;
  /** Everyone who was asked, in the order in which they decide, and what they said. */
  readonly asked: readonly { readonly source: string; readonly said: string }[];
  readonly place: { readonly decidedBy: string; readonly radius?: string; readonly why?: string };
  readonly classes: readonly Omit<ClassVerdict, 'said'>[];
}

export function explain(address: Address, sources: Sources): Explanation {
  const answer = answerOf(address, sources);
  const { fact, place, classes } = answer;
  const why = whyNoPoint(answer, address.scope);
  return {
    fact,
    scope: address.scope,
    asked:
      address.scope === 'public' ? askedOf(answer) : askedOf(answer).filter(({ said }) => said !== NOTHING),
    place: {
      decidedBy: place?.said ?? 'nobody',
      ...(place?.radius ? { radius: RADIUS[place.radius] } : {}),
      ...(why === undefined ? {} : { why }),
    },
    classes: classes.map(({ networkClass, source, confidence }) => ({ networkClass, source, confidence })),
  };
}

const NOTHING = 'nothing';

const RADIUS: Readonly<Record<RadiusOrigin, string>> = {
  site: 'within a city, for a site of the configuration',
  override: 'by the override',
  database: "the database's own for this address",
  city: "Farhand's for city databases: half of the 547 km within which two of them agree for 90 % of addresses",
  country: 'the whole country: the database knows nothing nearer',
  widened: 'widened to cover both databases',
};

const SCOPES: Readonly<Record<Scope, string>> = {
  public: 'no source knows a place',
  private: 'a private address (RFC 1918, RFC 4193): it exists in many networks at once',
  shared: 'shared address space of providers (RFC 6598), behind their address translation',
  loopback: 'a loopback address: this machine itself',
  'link-local': 'a link-local address, which no router passes on',
  documentation: 'a documentation address (RFC 5737, RFC 3849, RFC 9637), which is never routed',
  multicast: 'a multicast address, which nobody speaks from',
  translated: 'an address that carries an IPv4 address through a translator or tunnel',
  reserved: 'a reserved address, which the public Internet does not route',
};

function whyNoPoint({ fact, place, gathered: { given, own } }: Answer, scope: Scope): string | undefined {
  if (fact.lat !== undefined) return undefined;
  if (!place) return SCOPES[scope];
  if (place.disputed) return 'no point: the databases name different countries';
  const override = (given?.place ?? given?.country) ? given : own;
  return override?.place === 'none' ? `no place: ${override.reason}` : 'no point: only the country is known';
}

function askedOf({ gathered }: Answer): Explanation['asked'] {
  const { sources, site, given, own, city, second, country, asn, lists } = gathered;
  const rows: readonly (readonly [string | undefined, string | undefined])[] = [
    ['corporate sites', site?.name],
    [sources.givenOverrides.name, given && overrideText(given)],
    [sources.ownOverrides.name, own && overrideText(own)],
    [sources.city?.name, city && placeText(city.place)],
    [sources.second?.name, second && placeText(second.place)],
    [sources.countries.name, country],
    [sources.asns?.name, asn && `AS${asn.asn} ${asn.org}`],
    ...sources.lists.map(
      (list) => [list.name, lists.includes(list) ? list.networkClass : undefined] as const,
    ),
  ];
  return rows.flatMap(([source, said]) => (source === undefined ? [] : [{ source, said: said ?? NOTHING }]));
}

function overrideText({ cidr, reason, confidence, source, ...rest }: Override): string {
  const gives = rest.place === 'none' ? 'no place' : placeText(rest);
  const parts = [gives, rest.networkClass, rest.asn && `AS${rest.asn}`].filter(Boolean).join(', ');
  return `${cidr}: ${parts} (${confidence}): ${reason}. Source: ${source}`;
}

interface Placed {
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly city?: string | undefined;
  readonly lat?: number | undefined;
  readonly lon?: number | undefined;
  readonly radiusKm?: number | undefined;
}

function placeText({ country, region, city, lat, lon, radiusKm }: Placed): string {
  const point = lat === undefined ? undefined : `${lat} ${lon} ± ${radiusKm} km`;
  return [city, region, country, point].filter(Boolean).join(', ');
}
