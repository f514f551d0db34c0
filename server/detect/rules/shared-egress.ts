import * as z from 'zod';
import { NETWORK_CLASSES, type NetworkClass } from '../../../shared/facts.ts';
import { artifactsOf, commonTo, haveOwnRouters, largestGroup } from '../artifacts.ts';
import { siteOf, sitesText } from '../company.ts';
import { dayNumber, daysOf, joined, spread, touchingAny } from '../periods.ts';
import { defineRule, type Match } from '../rule.ts';
import type { Period, PlaceTimeline, Visit } from '../timeline.ts';
import { during, listed } from '../wording.ts';

const person = (id: string, more: object = {}) => ({ contractor: { id, countries: ['US'], ...more } });
const laptop = (id: string) => ({
  endpoint: { id: `laptop-${id}`, contractor: id, enrolledAt: '2026-03-02T13:00:00.000Z' },
});
const stays = (id: string, networkClass: NetworkClass = 'residential') =>
  ['2026-03-02', '2026-03-03', '2026-03-05'].flatMap((day) => [
    {
      at: `${day}T14:00:00.000Z`,
      endpoint: `laptop-${id}`,
      began: { kind: 'egress', ip: '198.51.100.7', country: 'US', networkClass },
    },
    {
      at: `${day}T22:00:00.000Z`,
      endpoint: `laptop-${id}`,
      ended: { kind: 'egress', ip: '198.51.100.7' },
    },
  ]);

const HOME = '5f1c9a0be2d84736a1b0c3d4e5f60718';
const router = (id: string, gateway: string) => ({
  at: '2026-03-02T14:00:00.000Z',
  endpoint: `laptop-${id}`,
  began: { kind: 'network', interface: 'wlan0', medium: 'wireless', gateway },
});

export const sharedEgress = defineRule({
  id: 'shared-egress',
  title: 'Contractors who declared no common site share one address',
  scope: 'place',
  family: 'identity',
  severity: 'high',
  advisories: [
    'us-2022-platform-2',
    'fbi-2024-1',
    'joint-2026-1',
    'mandiant-2025-shipping',
    'seal-second-worker',
  ],
  attack: ['T1199', 'T1078'],
  watches: ['egress'],
  contradicts: ['sharedSite', 'home'],
  settings: z.strictObject({
    days: z.int().min(1).max(14).default(3).describe('On so many different days (UTC) within `withinDays` …'),
    withinDays: z.int().min(1).max(90).default(14).describe('… they have to be seen there both.'),
    criticalFrom: z
      .int()
      .min(2)
      .max(100)
      .default(3)
      .describe('With so many contractors, each of another site, the finding is critical.'),
    sharedClasses: z
      .array(z.enum(NETWORK_CLASSES))
      .default(['corporate', 'mobile', 'satellite', 'relay', 'tor'])
      .describe(
        'Networks whose addresses strangers share by nature: only those count who also share a router, monitor, USB device or machine.',
      ),
    sharedPlaces: z
      .array(z.string())
      .default([])
      .describe(
        'Places where contractors may meet, such as `gateway:<hash>` of an office; nothing is concluded from them.',
      ),
    weakClasses: z
      .array(z.enum(NETWORK_CLASSES))
      .default(['vpn'])
      .describe('Networks where chance may bring strangers together: the finding is low.'),
  }),
  falsePositives: [
    'A household, an office or a coworking room: give the contractors an equal `sharedSite` in their declarations.',
    'The organization’s own network: mark it as corporate in the overrides.',
    'A provider that puts many customers behind one address (CGNAT): where each is known to have a router of their own, the finding is low.',
  ],
  blindSpots: [
    'Mobile, satellite and corporate networks put strangers behind one address; a farm on such a line is seen only when its machines also share a router, monitor, USB device or one another’s serial number.',
    'A farm with a router for each machine looks like the customers of one provider: low.',
    'A farm that gives every machine a line or a VPN exit of its own.',
    'Machines that take turns on different days.',
  ],
  triage: [
    'Ask each contractor on their own where they work; compare with ship-to place and declaration.',
    'Look at the remote-access findings of all of them: a farm needs a far hand on each machine.',
    'See whether they came and went together, and who was there first.',
  ],
  evaluate(timeline, settings) {
    if (settings.sharedPlaces.includes(timeline.subject)) return [];
    const artifacts = artifactsOf(timeline, settings.sharedPlaces);
    const linked = largestGroup(timeline, artifacts);
    const visits = timeline.visits.filter(
      ({ networkClass, contractor }) =>
        !settings.sharedClasses.includes(networkClass) || linked.has(contractor),
    );
    const shared = sharedDays(timeline, visits);
    const inWindow = crowdedDays([...shared.keys()].toSorted(), settings);
    const sharers = sharersOf(inWindow, { shared, days: settings.days });
    const sites = new Set(sharers.map((contractor) => siteOf(contractor, timeline)));
    if (sites.size < 2) return [];
    const onThem = touchingAny(inWindow.map(wholeDay));
    const here = visits.filter((visit) => sharers.includes(visit.contractor) && onThem(visit));
    const period = spread(here);
    if (!period) return [];
    const apart = haveOwnRouters(sharers, artifacts);
    const weak = apart || here.every((visit) => settings.weakClasses.includes(visit.networkClass));
    const address = timeline.subject.replace(/^egress:/, '');
    const match: Match = {
      key: 'shared',
      severity: severityOf(sites.size, weak, settings.criticalFrom),
      reason: `${listed(sharers)} connected from ${address} on ${inWindow.length} shared days ${during(period)}, and they declared no common site.`,
      arithmetic: [
        { label: 'contractors', value: sharers.join(', ') },
        { label: 'declared sites', value: sitesText(sharers, timeline) },
        {
          label: 'shared days',
          value: `${inWindow.length} of at least ${settings.days}: ${listed(inWindow, 31)}`,
        },
        { label: 'within', value: `${settings.withinDays} d` },
        {
          label: 'network classes',
          value: [...new Set(here.map((visit) => visit.networkClass))].toSorted().join(', '),
        },
        { label: 'routers', value: apart ? 'each their own' : 'not known to differ' },
        {
          label: 'also shared',
          value: commonTo(sharers, { timeline, artifacts }).join(', ') || 'nothing known',
        },
      ],
      spans: here.map(({ span }) => span),
      ...period,
      contractors: sharers,
      concerns: { addresses: address.includes('/') ? [] : [address] },
    };
    return [match];
  },
  examples: [
    {
      name: 'Two contractors at one home address on three days',
      story: [person('ada'), person('bob'), laptop('ada'), laptop('bob'), ...stays('ada'), ...stays('bob')],
      expect: [{ subject: 'egress:198.51.100.7', key: 'shared', severity: 'high' }],
    },
    {
      name: 'Three contractors at one home address on three days',
      story: [
        ...['ada', 'bob', 'eve'].flatMap((id) => [person(id), laptop(id)]),
        ...['ada', 'bob', 'eve'].flatMap((id) => stays(id)),
      ],
      expect: [{ key: 'shared', severity: 'critical' }],
    },
    {
      name: 'A couple that declared its household',
      story: [
        person('ada', { sharedSite: 'elm-street' }),
        person('bob', { sharedSite: 'elm-street' }),
        laptop('ada'),
        laptop('bob'),
        ...stays('ada'),
        ...stays('bob'),
      ],
      expect: [],
    },
    {
      name: 'Two strangers behind one address of a mobile network (CGNAT)',
      story: [
        person('ada'),
        person('bob'),
        laptop('ada'),
        laptop('bob'),
        ...stays('ada', 'mobile'),
        ...stays('bob', 'mobile'),
      ],
      expect: [],
    },
    {
      name: 'Two contractors behind one address of a mobile network, and one router',
      story: [
        person('ada'),
        person('bob'),
        laptop('ada'),
        laptop('bob'),
        ...[router('ada', HOME), router('bob', HOME)],
        ...stays('ada', 'mobile'),
        ...stays('bob', 'mobile'),
      ],
      expect: [{ subject: 'egress:198.51.100.7', severity: 'high' }],
    },
    {
      name: 'Two strangers behind one address of a provider, each with a router',
      story: [
        person('ada'),
        person('bob'),
        laptop('ada'),
        laptop('bob'),
        ...[router('ada', HOME), router('bob', 'c0ffee00c0ffee00c0ffee00c0ffee00')],
        ...stays('ada', 'unknown'),
        ...stays('bob', 'unknown'),
      ],
      expect: [{ subject: 'egress:198.51.100.7', severity: 'low' }],
    },
    {
      name: 'Two contractors in the organization’s own network',
      story: [
        person('ada'),
        person('bob'),
        laptop('ada'),
        laptop('bob'),
        ...stays('ada', 'corporate'),
        ...stays('bob', 'corporate'),
      ],
      expect: [],
    },
  ],
});

/** Days on which contractors of different sites were there, with those contractors. */
function sharedDays(timeline: PlaceTimeline, visits: readonly Visit[]): Map<string, ReadonlySet<string>> {
  const present = new Map<string, Set<string>>();
  for (const [contractor, stays] of Map.groupBy(visits, (visit) => visit.contractor)) {
    for (const stay of joined(stays, 0).flatMap((run) => spread(run) ?? [])) {
      for (const day of daysOf(stay, timeline)) {
        present.set(day, (present.get(day) ?? new Set()).add(contractor));
      }
    }
  }
  for (const [day, contractors] of present) {
    const sites = new Set([...contractors].map((contractor) => siteOf(contractor, timeline)));
    if (sites.size < 2) present.delete(day);
  }
  return present;
}

function wholeDay(day: string): Period {
  return { from: `${day}T00:00:00.000Z`, to: `${day}T23:59:59.999Z` };
}

/** The days that lie in some window together with enough others. */
function crowdedDays(
  days: readonly string[],
  { days: least, withinDays }: { readonly days: number; readonly withinDays: number },
): readonly string[] {
  const crowded = new Set<string>();
  for (const [index, first] of days.entries()) {
    const window = days.slice(index).filter((day) => dayNumber(day) - dayNumber(first) < withinDays);
    if (window.length >= least) for (const day of window) crowded.add(day);
  }
  return [...crowded].toSorted();
}

/** Contractors who were there on enough of the days. */
function sharersOf(
  days: readonly string[],
  by: { readonly shared: ReadonlyMap<string, ReadonlySet<string>>; readonly days: number },
): readonly string[] {
  const counts = new Map<string, number>();
  for (const contractor of days.flatMap((day) => [...(by.shared.get(day) ?? [])])) {
    counts.set(contractor, (counts.get(contractor) ?? 0) + 1);
  }
  return [...counts].flatMap(([contractor, count]) => (count >= by.days ? [contractor] : [])).toSorted();
}

function severityOf(sites: number, weak: boolean, criticalFrom: number): 'low' | 'high' | 'critical' {
  if (weak) return 'low';
  return sites >= criticalFrom ? 'critical' : 'high';
}
