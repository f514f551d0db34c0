import * as z from 'zod';
import { DAY, instant, millis } from '../../../shared/time.ts';
import { deviceText, hardwareOf } from '../hardware.ts';
import { countUntil, spread, touchingAny } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { ContractorTimeline, Span } from '../timeline.ts';
import { during, endpointsOf, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const AT = { at: '2026-03-03T15:10:00.000Z', endpoint: 'laptop-1' };
const SHAPED = {
  ...{ kind: 'peripheral', vendorId: '1209', productId: '2303', confidence: 'shape' },
  interfaces: ['absolute-pointer', 'network'],
};

export const kvmShapedDevice = defineRule({
  id: 'kvm-shaped-device',
  title: 'One USB device is input, pointer and disk or network at once',
  scope: 'contractor',
  family: 'hardware',
  severity: 'medium',
  advisories: ['laptop-farm-hid-gadget', 'google-2026-kvm'],
  attack: ['T1219.003'],
  watches: ['peripheral'],
  reads: ['display', 'platform'],
  contradicts: [],
  settings: z.strictObject({
    inputBoards: z
      .boolean()
      .default(true)
      .describe('Whether a programmable input board counts too, such as are made into jigglers.'),
  }),
  falsePositives: [
    'The controller of a server shows such devices: endpoints with the chassis of a server are left out.',
    'Some security keys, pen tablets and docking stations combine such functions.',
    'A maker of electronics who works on such boards: an exception for this rule.',
  ],
  blindSpots: [
    'A KVM that shows neither disk nor network.',
    'What is plugged in before the agent starts and taken out before its next look.',
  ],
  triage: [
    'Ask what the device is; a real one has a name plate and came from a shop.',
    'Look for a monitor that came on the same day, above all one without a size.',
  ],
  evaluate(timeline, settings) {
    const servers = endpointsThatAreServers(timeline);
    const shaped = timeline
      .spans('peripheral')
      .filter(
        ({ endpoint, fact }) =>
          !servers.has(endpoint) &&
          (fact.confidence === 'shape' ||
            (settings.inputBoards && hardwareOf(fact.match)?.kind === 'input-board')),
      );
    const oddMonitor = oddMonitors(timeline);
    const byDevice = Map.groupBy(shaped, ({ fact }) => `${fact.vendorId}:${fact.productId}`);
    return [...byDevice].flatMap(([key, spans]) => {
      const period = spread(spans);
      const [first] = spans;
      if (!period || !first) return [];
      const odd = oddMonitor(first);
      const faces = [...new Set(spans.flatMap(({ fact }) => fact.interfaces))].toSorted();
      return [
        {
          key,
          severity: odd ? ('high' as const) : ('medium' as const),
          reason: `${deviceText(first)} was plugged into ${listed(endpointsOf(spans))} ${during(period)} with the functions ${listed(faces, 8)}, the shape of an IP-KVM${odd ? `; ${deviceText(odd)} without a size came within a day` : ''}.`,
          arithmetic: [
            { label: 'device', value: deviceText(first) },
            { label: 'functions', value: listed(faces, 8) },
            { label: 'monitor without a size within a day', value: odd ? deviceText(odd) : 'none' },
            { label: 'times plugged in', value: String(spans.length) },
          ],
          spans: [...spans.map(({ id }) => id), ...(odd ? [odd.id] : [])],
          ...period,
          ...(first.fact.match !== undefined && { concerns: { tools: [first.fact.match] } }),
        },
      ];
    });
  },
  examples: [
    {
      name: 'A device of no known maker is pointer and network card',
      story: [ADA, LAPTOP, { ...AT, began: SHAPED }],
      expect: [{ subject: 'ada', key: '1209:2303', severity: 'medium' }],
    },
    {
      name: 'A monitor without a size comes on the same day',
      story: [
        ADA,
        LAPTOP,
        { ...AT, began: SHAPED },
        { ...AT, began: { kind: 'display', manufacturer: 'XXX', model: 'HDMI', widthMm: 0, heightMm: 0 } },
      ],
      expect: [{ key: '1209:2303', severity: 'high' }],
    },
    {
      name: 'A server shows its controller',
      story: [
        ADA,
        LAPTOP,
        {
          ...AT,
          began: {
            ...{
              kind: 'platform',
              os: 'linux',
              name: 'Debian',
              version: '12',
              arch: 'x64',
              chassis: 'server',
            },
            bootedAt: '2026-03-01T00:00:00.000Z',
          },
        },
        { ...AT, began: SHAPED },
      ],
      expect: [],
    },
  ],
});

function endpointsThatAreServers(timeline: ContractorTimeline): ReadonlySet<string> {
  const servers = timeline.spans('platform').filter(({ fact }) => fact.chassis === 'server');
  return new Set(servers.map(({ endpoint }) => endpoint));
}

/** Finds a monitor whose EDID gives no size, as capture chips do, that came to the endpoint within a day of a device. */
function oddMonitors(
  timeline: ContractorTimeline,
): (device: Span<'peripheral'>) => Span<'display'> | undefined {
  const odd = timeline.spans('display').filter(({ fact }) => fact.widthMm === 0 && fact.heightMm === 0);
  const byEndpoint = new Map(
    [...Map.groupBy(odd, ({ endpoint }) => endpoint)].map(([endpoint, spans]) => {
      const days = spans.map(({ from }) => ({
        from: instant(millis(from) - DAY),
        to: instant(millis(from) + DAY),
      }));
      return [endpoint, { spans, near: touchingAny(days) }];
    }),
  );
  return ({ endpoint, from }) => {
    const monitors = byEndpoint.get(endpoint);
    if (!monitors?.near({ from, to: from })) return undefined;
    const dayBefore = instant(millis(from) - DAY);
    return monitors.spans[
      countUntil(monitors.spans.length, (at) => (monitors.spans[at]?.from ?? from) < dayBefore)
    ];
  };
}
