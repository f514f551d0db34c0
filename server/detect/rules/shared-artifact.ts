import * as z from 'zod';
import { distanceKm } from '../../../shared/geo.ts';
import { type PlaceKind, placeKindOf } from '../../../shared/place.ts';
import { DAY } from '../../../shared/time.ts';
import { artifactsOf, commonTo } from '../artifacts.ts';
import { companyOf, ownersOf, siteOf, sitesText } from '../company.ts';
import { joined, spread } from '../periods.ts';
import { defineRule, type Match } from '../rule.ts';
import type { PlaceTimeline, Visit } from '../timeline.ts';
import { during, length, listed } from '../wording.ts';

const person = (id: string, more: object = {}) => ({ contractor: { id, countries: ['US'], ...more } });
const laptop = (id: string) => ({
  endpoint: { id: `laptop-${id}`, contractor: id, enrolledAt: '2026-03-02T13:00:00.000Z' },
});
const HASH = '5f1c9a0be2d84736a1b0c3d4e5f60718';
const at = (id: string, day: string, fact: Readonly<Record<string, unknown>>) => [
  { at: `${day}T14:00:00.000Z`, endpoint: `laptop-${id}`, began: fact },
  { at: `${day}T22:00:00.000Z`, endpoint: `laptop-${id}`, ended: identityOf(fact) },
];
const identityOf = ({ medium: _, confidence: __, interfaces: ___, ...rest }: Record<string, unknown>) => rest;
const ROUTER = { kind: 'network', interface: 'wlan0', gateway: HASH, medium: 'wireless' };
const DONGLE = {
  kind: 'peripheral',
  vendorId: '1d6b',
  productId: '0104',
  serial: HASH,
  confidence: 'shape',
  interfaces: ['storage'],
};
const CHICAGO = { home: { lat: 41.88, lon: -87.63 } };
const BOSTON = { home: { lat: 42.36, lon: -71.06 } };
const pair = (more: object = {}) => [person('ada', more), person('bob', more), laptop('ada'), laptop('bob')];

export const sharedArtifact = defineRule({
  id: 'shared-artifact',
  title: 'Contractors who declared no common site share a router, monitor or USB device',
  scope: 'place',
  // That of `shared-egress`: both say that people sit together, so together they are one kind of contradiction.
  family: 'identity',
  severity: 'critical',
  advisories: ['fbi-2024-1', 'joint-2026-1', 'us-2022-platform-2'],
  attack: ['T1199'],
  watches: [],
  contradicts: ['sharedSite', 'home'],
  settings: z.strictObject({
    withinDays: z
      .int()
      .min(1)
      .max(90)
      .default(30)
      .describe('So many days may lie between one contractor’s stay there and another’s.'),
    sharedPlaces: z
      .array(z.string())
      .default([])
      .describe(
        'Places such as `gateway:<hash>` where contractors may meet, such as the router of an office.',
      ),
  }),
  falsePositives: [
    'A household, an office or a coworking room: give the contractors an equal `sharedSite` in their declarations, or name its router in `sharedPlaces`.',
    'A café or a hotel where both happened to be: its router alone makes the finding high and not critical.',
    'A monitor or USB device that was sold or issued anew: an exception for this rule.',
    'A maker who gives many devices one serial number that the agents do not know yet.',
  ],
  blindSpots: [
    'Machines are judged by `identity-plurality`.',
    'A farm in which every machine has a router, monitor and dongle of its own.',
    'Routers behind VRRP or HSRP, virtual routers, and phones that share their connection have no address of their own and are no place.',
    'Whoever has administrator rights may change what a machine says of its devices.',
  ],
  triage: [
    'Ask each contractor on their own where they work and what is connected to the machine.',
    'Compare the declared homes with the ship-to places, and see whether they were there together or in turn.',
    'Look at the remote-access findings of all of them: a farm needs a far hand on each machine.',
  ],
  evaluate(timeline, settings) {
    const kind = placeKindOf(timeline.subject);
    if (kind === undefined || kind === 'egress' || kind === 'machine') return [];
    if (settings.sharedPlaces.includes(timeline.subject)) return [];
    const ownerOf = ownersOf(timeline.visits);
    const siteAt = (visit: Visit) => siteOf(ownerOf(visit), timeline);
    const here = joined(timeline.visits, settings.withinDays * DAY)
      .filter((run) => new Set(run.map(siteAt)).size > 1)
      .flat();
    const period = spread(here);
    if (!period) return [];
    const sharers = [...new Set(here.map(ownerOf))].toSorted();
    const company = companyOf(here, timeline.now, siteAt);
    const also = commonTo(sharers, { timeline, artifacts: artifactsOf(timeline) }).filter(isFirm);
    const match: Match = {
      key: 'shared',
      severity: WEAK.includes(kind) && also.length === 0 ? 'high' : 'critical',
      reason: `${listed(sharers)} had one ${WORDS[kind]} ${company.how} ${during(period)}, and they declared no common site.`,
      arithmetic: [
        { label: 'contractors', value: sharers.join(', ') },
        { label: 'declared sites', value: sitesText(sharers, timeline) },
        { label: 'declared homes', value: homesText(sharers, timeline) },
        {
          label: 'together',
          value:
            company.period?.to === undefined && company.period
              ? 'still going on'
              : length(company.togetherMs),
        },
        { label: 'also shared', value: also.join(', ') || 'no monitor, USB device or machine' },
        { label: 'within', value: `${settings.withinDays} d` },
      ],
      spans: here.map(({ span }) => span),
      ...period,
      contractors: sharers,
    };
    return [match];
  },
  examples: [
    {
      name: 'Two homes that are 1,367 km apart, and one router',
      story: [
        person('ada', CHICAGO),
        person('bob', BOSTON),
        laptop('ada'),
        laptop('bob'),
        ...at('ada', '2026-03-02', ROUTER),
        ...at('bob', '2026-03-02', ROUTER),
      ],
      expect: [{ subject: `gateway:${HASH}`, key: 'shared', severity: 'high' }],
    },
    {
      name: 'One USB device, three weeks apart',
      story: [...pair(), ...at('ada', '2026-03-02', DONGLE), ...at('bob', '2026-03-23', DONGLE)],
      expect: [{ subject: `usb:${HASH}`, severity: 'critical' }],
    },
    {
      name: 'One router and one USB device',
      story: [
        ...pair(),
        ...['ada', 'bob'].flatMap((id) => [...at(id, '2026-03-02', ROUTER), ...at(id, '2026-03-03', DONGLE)]),
      ],
      expect: [{ subject: `gateway:${HASH}`, severity: 'critical' }, { subject: `usb:${HASH}` }],
    },
    {
      name: 'A couple that declared its household',
      story: [
        ...pair({ sharedSite: 'elm-street' }),
        ...at('ada', '2026-03-02', ROUTER),
        ...at('bob', '2026-03-02', ROUTER),
      ],
      expect: [],
    },
    {
      name: 'One router, two months apart',
      story: [...pair(), ...at('ada', '2026-03-02', ROUTER), ...at('bob', '2026-05-04', ROUTER)],
      expect: [],
    },
    {
      name: 'The router of a virtual machine, which all of its kind have',
      story: [
        ...pair(),
        ...['ada', 'bob'].flatMap((id) => at(id, '2026-03-02', { ...ROUTER, medium: 'virtual' })),
      ],
      expect: [],
    },
  ],
});

/** Strangers may meet at a router; what stands on a desk they do not share. */
const WEAK: readonly PlaceKind[] = ['gateway', 'access-point'];

function isFirm(place: string): boolean {
  const kind = placeKindOf(place);
  return kind !== undefined && !WEAK.includes(kind);
}

const WORDS: Readonly<Record<Exclude<PlaceKind, 'egress' | 'machine'>, string>> = {
  gateway: 'router',
  'access-point': 'Wi-Fi access point',
  display: 'monitor',
  usb: 'USB device',
};

function homesText(contractors: readonly string[], timeline: PlaceTimeline): string {
  const homes = contractors.flatMap((id) => timeline.contractors.get(id)?.declaration?.home ?? []);
  if (homes.length < 2) return `${homes.length} of ${contractors.length} declared`;
  const farthest = Math.max(...homes.flatMap((a) => homes.map((b) => distanceKm(a, b))));
  return `up to ${Math.round(farthest)} km apart`;
}
