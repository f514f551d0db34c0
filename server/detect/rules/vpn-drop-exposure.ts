import * as z from 'zod';
import type { NetworkClass } from '../../../shared/facts.ts';
import { type Instant, instant, MINUTE, millis } from '../../../shared/time.ts';
import { onSameEndpoint, spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { ContractorTimeline } from '../timeline.ts';
import { addressesOf, countryAt, type Egress, placeText } from '../whereabouts.ts';
import { declared, during, endpointsOf, lengthOf, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const EXIT = { ip: '203.0.113.9', country: 'US', networkClass: 'vpn' };
const LINE = { ip: '198.51.100.7', country: 'PL', networkClass: 'residential' };
const from = (time: string, egress: object) => ({
  at: `2026-03-03T${time}:00.000Z`,
  endpoint: 'laptop-1',
  began: { kind: 'egress', ...egress },
});
const TUNNEL = { kind: 'tunnel', interface: 'tun0' };

const HIDING: readonly NetworkClass[] = ['vpn', 'hosting', 'tor'];

export const vpnDropExposure = defineRule({
  id: 'vpn-drop-exposure',
  title: 'A VPN dropped for a moment and an undeclared country showed behind it',
  scope: 'contractor',
  family: 'egress',
  severity: 'critical',
  advisories: ['mandiant-2025-vpn-drop', 'us-2022-body-1'],
  attack: ['T1090.003'],
  watches: ['egress'],
  reads: ['tunnel'],
  contradicts: ['countries'],
  settings: z.strictObject({
    dropMinutes: z
      .number()
      .min(0)
      .max(240)
      .default(15)
      .describe('The bare line has to show within so many minutes after the VPN …'),
    backMinutes: z
      .number()
      .min(1)
      .max(1_440)
      .default(240)
      .describe('… and the VPN has to be back within so many minutes after that.'),
  }),
  falsePositives: [
    'A journey with an agreed VPN: add an exception for the country and the time.',
    'A VPN exit that no list knows, where the agent does not see its tunnel.',
    'A phone abroad or a roaming card whose gateway is in another country than its user.',
    'An airline, ship or hotel that leads its guests out in another country.',
    'A database that places the line in the wrong country; where two disagree it never counts.',
  ],
  blindSpots: [
    'A VPN that cuts the line when it fails, or runs on a router.',
    'An exit and a line in the same declared country.',
    'Contractors who declared no country.',
  ],
  triage: [
    'Preserve the spans: the moment is short and may be the only one.',
    'Ask where the contractor was at that time, without telling what was seen.',
    'Look at the network, time zone and latency in that moment, and at earlier drops.',
  ],
  evaluate(timeline, settings) {
    const countries = timeline.contractor.declaration?.countries;
    if (!countries) return [];
    const byEndpoint = Map.groupBy(timeline.spans('egress'), ({ endpoint }) => endpoint);
    const isHidden = hiding(timeline);
    const drops = [...byEndpoint.values()].flatMap((spans) => dropsOf(spans, { ...settings, isHidden }));
    const exposures = drops.flatMap((drop) =>
      drop.bare.flatMap((span) => {
        const country = countryAt(span.fact);
        return country === undefined || countries.includes(country) ? [] : [{ country, span, drop }];
      }),
    );
    return [...Map.groupBy(exposures, ({ country }) => country)].flatMap(([country, found]) => {
      const bare = found.map(({ span }) => span);
      const around = [...new Set(found.map(({ drop }) => drop))];
      const exits = around.flatMap(({ before, after }) => [before, after]);
      // From the moment the VPN went, without which nothing can be told any more.
      const period = spread([
        ...around.map(({ before, bare: [first] }) => ({ from: before.to ?? first.from, to: first.from })),
        ...bare,
      ]);
      if (!period) return [];
      return [
        {
          key: country,
          reason: `${listed(endpointsOf(bare))} lost its VPN and connected from ${country} ${during(period)} before it was back; declared were ${declared(countries)}.`,
          arithmetic: [
            { label: 'declared countries', value: declared(countries) },
            { label: 'exposed country', value: country },
            { label: 'exposed for', value: lengthOf(bare, timeline.now) },
            { label: 'drops', value: `${around.length}` },
            { label: 'VPN exits around', value: listed(exitsText(exits)) },
            {
              label: 'counts',
              value: `within ${settings.dropMinutes} min after the VPN, and back within ${settings.backMinutes} min`,
            },
            { label: 'addresses', value: listed(addressesOf(bare)) },
          ],
          spans: [...new Set([...exits, ...bare].map(({ id }) => id))],
          ...period,
          concerns: { country, addresses: addressesOf(bare) },
        },
      ];
    });
  },
  examples: [
    {
      name: 'The exit fails for four minutes and another country shows',
      story: [ADA, LAPTOP, from('14:00', EXIT), from('15:00', LINE), from('15:04', EXIT)],
      expect: [{ subject: 'ada', key: 'PL', severity: 'critical' }],
    },
    {
      name: 'A tunnel that took all traffic came out in a home, and fails',
      story: [
        ADA,
        LAPTOP,
        {
          at: '2026-03-03T14:00:00.000Z',
          endpoint: 'laptop-1',
          began: { ...TUNNEL, type: 'tun', routes: 'full', dns: true },
        },
        from('14:00', { ...EXIT, networkClass: 'residential' }),
        { at: '2026-03-03T15:00:00.000Z', endpoint: 'laptop-1', ended: TUNNEL },
        from('15:00', LINE),
        from('15:04', EXIT),
      ],
      expect: [{ key: 'PL', severity: 'critical' }],
    },
    {
      name: 'The line behind is in the declared country',
      story: [
        ADA,
        LAPTOP,
        from('14:00', EXIT),
        from('15:00', { ...LINE, country: 'US' }),
        from('15:04', EXIT),
      ],
      expect: [],
    },
    {
      name: 'Databases disagree on the country behind',
      story: [
        ADA,
        LAPTOP,
        from('14:00', EXIT),
        from('15:00', { ...LINE, disputed: true }),
        from('15:04', EXIT),
      ],
      expect: [],
    },
    {
      name: 'The VPN was switched off and did not come back',
      story: [
        ADA,
        LAPTOP,
        from('14:00', EXIT),
        from('15:00', LINE),
        { at: '2026-03-03T17:00:00.000Z', endpoint: 'laptop-1', ended: { kind: 'egress', ip: LINE.ip } },
      ],
      expect: [],
    },
    {
      name: 'One VPN exit after another, each in another country',
      story: [
        ADA,
        LAPTOP,
        from('14:00', EXIT),
        from('15:00', { ...LINE, networkClass: 'vpn' }),
        from('15:04', EXIT),
      ],
      expect: [],
    },
  ],
});

/** Bare lines between one VPN exit and the next. */
interface Drop {
  readonly before: Egress;
  readonly bare: readonly [Egress, ...Egress[]];
  readonly after: Egress;
}

interface Measure {
  readonly dropMinutes: number;
  readonly backMinutes: number;
  readonly isHidden: (span: Egress) => boolean;
}

/** Of one endpoint's spans, in order. */
function dropsOf(spans: readonly Egress[], { dropMinutes, backMinutes, isHidden }: Measure): readonly Drop[] {
  const drops: Drop[] = [];
  let before: Egress | undefined;
  let bare: Egress[] = [];
  for (const span of spans) {
    if (!isHidden(span)) {
      bare.push(span);
      continue;
    }
    const [first, ...rest] = bare;
    if (before && first) {
      const dropped = minutesBetween(before.to ?? first.from, first.from) <= dropMinutes;
      const back = minutesBetween(first.from, span.from) <= backMinutes;
      if (dropped && back) drops.push({ before, bare: [first, ...rest], after: span });
    }
    before = span;
    bare = [];
  }
  return drops;
}

function minutesBetween(a: Instant, b: Instant): number {
  return (millis(b) - millis(a)) / MINUTE;
}

/** Tells of an egress that hides its user: by its network, or by a tunnel that took all traffic for most of the time. The organization’s own network hides nobody. */
function hiding(timeline: ContractorTimeline): (span: Egress) => boolean {
  const tunnels = timeline.spans('tunnel').filter(({ fact }) => fact.routes === 'full');
  const byTunnel = onSameEndpoint(tunnels);
  return (span) => {
    if (span.fact.networkClass === 'corporate') return false;
    if (HIDING.includes(span.fact.networkClass)) return true;
    if (tunnels.length === 0) return false;
    // An agent sees a tunnel come and go a little late, so its edges say nothing.
    const middle = instant((millis(span.from) + millis(span.to ?? timeline.now)) / 2);
    return byTunnel({ endpoint: span.endpoint, from: middle, to: middle });
  };
}

function exitsText(exits: readonly Egress[]): readonly string[] {
  return [...new Set(exits.map(({ fact }) => `${placeText(fact)} (${fact.networkClass})`))].toSorted();
}
