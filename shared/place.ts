import type { Fact, FactIdentity, FactKind } from './facts.ts';
import { anyNetwork, isIpv6, networkOf, normalIp } from './ip.ts';

/** What several contractors could share, each with the kind of fact that tells of it. A place's id begins with the first. */
export const PLACE_KINDS = {
  egress: 'egress',
  gateway: 'network',
  'access-point': 'network',
  display: 'display',
  usb: 'peripheral',
  machine: 'platform',
} as const satisfies Readonly<Record<string, FactKind>>;

export type PlaceKind = keyof typeof PLACE_KINDS;

/** The kind of an id such as `gateway:5f1c…`; undefined for what is no place. */
export function placeKindOf(place: string): PlaceKind | undefined {
  const [kind] = place.split(':', 1);
  return kind !== undefined && isPlaceKind(kind) ? kind : undefined;
}

function isPlaceKind(text: string): text is PlaceKind {
  return Object.hasOwn(PLACE_KINDS, text);
}

const NOWHERE: readonly string[] = [];

/**
 * The places at which a fact puts its endpoint: `egress:198.51.100.7`, `gateway:<hash>`, `access-point:<hash>`, `display:<hash>`,
 * `usb:<hash>`, `machine:<hash>`. The hashes are keyed, so nobody but the agent sees what is behind them: it leaves out what many
 * have alike. What a device or hypervisor makes up for itself is left out here once more, by the words that go with it.
 */
export function placesOf(fact: Fact): readonly string[] {
  switch (fact.kind) {
    case 'egress': {
      const place = placeOfEgress(fact.ip);
      return place === undefined ? NOWHERE : [place];
    }
    case 'network':
      // A virtual network's gateway is the host of a virtual machine or container, alike wherever its software runs.
      return fact.medium === 'virtual'
        ? NOWHERE
        : [...hashed('gateway', fact.gateway), ...hashed('access-point', fact.accessPoint)];
    case 'display':
      // A device that passes for a monitor has the serial number of its preset.
      return fact.match === undefined ? hashed('display', fact.serial) : NOWHERE;
    case 'peripheral':
      return hashed('usb', fact.serial);
    case 'platform':
      return fact.virtual === undefined ? hashed('machine', fact.serial) : NOWHERE;
    default:
      return NOWHERE;
  }
}

function hashed(kind: PlaceKind, hash: string | undefined): readonly string[] {
  return hash === undefined ? NOWHERE : [`${kind}:${hash}`];
}

/** Whether facts of this kind, told by agents, may put an endpoint somewhere. */
export function tellsOfPlaces(kind: FactKind): boolean {
  return kind === 'network' || kind === 'display' || kind === 'peripheral' || kind === 'platform';
}

/** The public address from which somebody came to an endpoint, and whether by a login or by remote control. */
export function peerAddressOf(
  fact: Fact | FactIdentity,
): { readonly ip: string; readonly by: 'session' | 'control' } | undefined {
  if (fact.kind !== 'session' && fact.kind !== 'control') return undefined;
  const said = fact.kind === 'session' ? fact.from : fact.peer;
  const ip = said === undefined ? undefined : normalIp(said);
  return ip === undefined || isLocal(ip) ? undefined : { ip, by: fact.kind };
}

/** Addresses that mean another machine on every network: nobody is brought together by having one. */
const isLocal = anyNetwork([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::/127',
  'fc00::/7',
  'fe80::/10',
]);

/**
 * The place that an egress address is: `egress:198.51.100.7`, or `egress:2001:db8::/64`, since one line of IPv6 has a whole /64.
 * Undefined for private and loopback addresses and for what is no address.
 */
export function placeOfEgress(ip: string): string | undefined {
  const address = normalIp(ip);
  if (address === undefined || isLocal(address)) return undefined;
  return `egress:${isIpv6(address) ? networkOf(address, 64) : address}`;
}
