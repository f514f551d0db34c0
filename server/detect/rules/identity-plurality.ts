import * as z from 'zod';
import { placeKindOf } from '../../../shared/place.ts';
import { DAY } from '../../../shared/time.ts';
import { companyOf, ownersOf, siteOf, sitesText } from '../company.ts';
import { joined, spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { PlaceTimeline, Visit } from '../timeline.ts';
import { during, endpointsOf, listed } from '../wording.ts';

const HASH = '5f1c9a0be2d84736a1b0c3d4e5f60718';
const person = (id: string, more: object = {}) => ({ contractor: { id, countries: ['US'], ...more } });
const laptop = (id: string, contractor = id) => ({
  endpoint: { id: `laptop-${id}`, contractor, enrolledAt: '2026-02-02T13:00:00.000Z' },
});
const pair = (more: object = {}) => [person('ada', more), person('bob', more), laptop('ada'), laptop('bob')];
const tells = (id: string, day: string, more: object = {}) => ({
  at: `${day}T14:00:00.000Z`,
  endpoint: `laptop-${id}`,
  noted: {
    ...{ kind: 'platform', os: 'linux', name: 'Debian', version: '13', arch: 'x64' },
    ...{ serial: HASH, bootedAt: '2026-02-02T13:00:00.000Z', ...more },
  },
});

export const identityPlurality = defineRule({
  id: 'identity-plurality',
  title: 'One machine serves several contractors',
  scope: 'place',
  family: 'identity',
  severity: 'high',
  advisories: ['us-2022-platform-2', 'gtig-2025-personas', 'us-2022-body-2', 'japan-2024-2', 'rok-2022-1'],
  attack: ['T1078'],
  // Most places are no machines, where there is nothing to be undetermined about.
  watches: [],
  contradicts: ['sharedSite', 'issuedSerials'],
  settings: z.strictObject({
    withinDays: z
      .int()
      .min(1)
      .max(90)
      .default(30)
      .describe('So many days may lie between one contractor’s use of the machine and another’s.'),
  }),
  falsePositives: [
    'A machine that was returned and issued anew: name its serial number in `issuedSerials` of both.',
    'A machine for everybody in an office or household: give the contractors an equal `sharedSite`.',
    'A maker who gave many machines one serial number that the agents do not know yet.',
  ],
  blindSpots: [
    'Virtual machines and endpoints that tell no serial number are not known again.',
    'One contractor with many machines is not seen here: endpoints beyond those in `issuedSerials` are `not-the-issued-endpoint`.',
    'Whoever has administrator rights may change what a machine says of itself.',
    'An endpoint that a roster gave to somebody else is taken for theirs from the beginning.',
  ],
  triage: [
    'Ask the organization who was sent this machine, and when it came back.',
    'See whether both were on it at the same time: then two agents run on it, or one is a copy.',
    'Look at what else the contractors share: addresses, routers, monitors.',
  ],
  evaluate(timeline, settings) {
    if (placeKindOf(timeline.subject) !== 'machine') return [];
    const ownerOf = ownersOf(timeline.visits);
    const siteAt = (visit: Visit) => siteOf(ownerOf(visit), timeline);
    const here = joined(timeline.visits, settings.withinDays * DAY)
      .filter((run) => new Set(run.map(siteAt)).size > 1)
      .flat();
    const period = spread(here);
    if (!period) return [];
    const contractors = [...new Set(here.map(ownerOf))].toSorted();
    const { how } = companyOf(here, timeline.now, siteAt);
    if (how !== 'together' && isIssuedTo(contractors, timeline)) return [];
    return [
      {
        key: 'machine',
        reason: `One machine served ${listed(contractors)} ${how} ${during(period)}, as ${listed(endpointsOf(here))}.`,
        arithmetic: [
          { label: 'contractors', value: contractors.join(', ') },
          { label: 'declared sites', value: sitesText(contractors, timeline) },
          { label: 'issued to', value: listed(issuedTo(contractors, timeline), 20) || 'none of them' },
          { label: 'within', value: `${settings.withinDays} d` },
        ],
        spans: here.map(({ span }) => span),
        ...period,
        contractors,
      },
    ];
  },
  examples: [
    {
      name: 'One serial number under two names, three weeks apart',
      story: [...pair(), tells('ada', '2026-02-02'), tells('bob', '2026-02-23')],
      expect: [{ subject: `machine:${HASH}`, key: 'machine', severity: 'high' }],
    },
    {
      name: 'A machine that was issued to one of the two',
      story: [
        person('ada', { issuedSerials: [HASH] }),
        person('bob'),
        laptop('ada'),
        laptop('bob'),
        tells('ada', '2026-02-02'),
        tells('bob', '2026-02-09'),
      ],
      expect: [{ key: 'machine', severity: 'high' }],
    },
    {
      name: 'A machine that was issued to both, one after the other',
      story: [...pair({ issuedSerials: [HASH] }), tells('ada', '2026-02-02'), tells('bob', '2026-02-09')],
      expect: [],
    },
    {
      name: 'A machine of a declared household',
      story: [...pair({ sharedSite: 'elm-street' }), tells('ada', '2026-02-02'), tells('bob', '2026-02-03')],
      expect: [],
    },
    {
      name: 'A machine that comes back after two months',
      story: [...pair(), tells('ada', '2026-02-02'), tells('bob', '2026-04-06')],
      expect: [],
    },
    {
      name: 'One contractor who enrolled the machine twice, and two virtual machines of one image',
      story: [
        person('ada'),
        person('bob'),
        laptop('ada'),
        laptop('spare', 'ada'),
        laptop('bob'),
        tells('ada', '2026-02-02'),
        tells('spare', '2026-02-03'),
        tells('bob', '2026-02-03', { virtual: 'qemu' }),
      ],
      expect: [],
    },
  ],
});

function issuedTo(contractors: readonly string[], timeline: PlaceTimeline): readonly string[] {
  const serial = timeline.subject.replace(/^machine:/, '');
  return contractors.filter((id) =>
    timeline.contractors.get(id)?.declaration?.issuedSerials?.includes(serial),
  );
}

function isIssuedTo(contractors: readonly string[], timeline: PlaceTimeline): boolean {
  return issuedTo(contractors, timeline).length === contractors.length;
}
