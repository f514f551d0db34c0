import * as z from 'zod';
import { deviceText, hardwareOf, ipKvms } from '../hardware.ts';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { during, endpointsOf, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const AT = { at: '2026-03-03T15:10:00.000Z', endpoint: 'laptop-1' };

export const ipKvmAttached = defineRule({
  id: 'ip-kvm-attached',
  title: 'An IP-KVM is plugged in',
  scope: 'contractor',
  family: 'hardware',
  severity: 'critical',
  advisories: ['doj-2025-1', 'google-2026-kvm', 'unit42-2024-kvm', 'mandiant-2025-hid'],
  attack: ['T1219.003'],
  watches: ['peripheral'],
  reads: ['display'],
  contradicts: [],
  settings: z.strictObject({}),
  falsePositives: [
    'A test lab or bench that drives its machines by an IP-KVM of its own: an exception for the device and the time.',
    'Somebody who tries out a KVM at home: have them unplug it, and see whether it stays away.',
  ],
  blindSpots: [
    'A KVM whose texts were all changed to those of a real device; then only its shape tells.',
    'Somebody who sits at the machine in place of the contractor.',
  ],
  triage: [
    'Ask for a photograph of the desk with all cables, in a video call, without a warning beforehand.',
    'Compare the hours at which the device was plugged in with the hours of work.',
    'Look for other contractors behind the same address, gateway or monitor.',
  ],
  evaluate(timeline) {
    return [...ipKvms(timeline, 'exact')].flatMap(([id, spans]) => {
      const period = spread(spans);
      if (!period) return [];
      const devices = [...new Set(spans.map(deviceText))].toSorted();
      const name = hardwareOf(id)?.name ?? id;
      return [
        {
          key: id,
          reason: `${name} was plugged into ${listed(endpointsOf(spans))} ${during(period)}: whoever is at its other end has screen, mouse and keys over the network, without any program on the machine.`,
          arithmetic: [
            { label: 'device', value: listed(devices) },
            { label: 'recognized as', value: `${id}, by its own texts or ids` },
            { label: 'times plugged in', value: String(spans.length) },
          ],
          spans: spans.map((span) => span.id),
          ...period,
          concerns: { tools: [id] },
        },
      ];
    });
  },
  examples: [
    {
      name: 'A PiKVM poses as the machine’s input devices',
      story: [ADA, LAPTOP, { ...AT, began: pikvm('exact') }],
      expect: [{ subject: 'ada', key: 'pikvm', severity: 'critical' }],
    },
    {
      name: 'A monitor says that it is a PiKVM',
      story: [
        ADA,
        LAPTOP,
        {
          ...AT,
          began: {
            ...{ kind: 'display', manufacturer: 'LNX', model: 'PiKVM V3', match: 'pikvm' },
            ...{ widthMm: 0, heightMm: 0 },
          },
        },
      ],
      expect: [{ key: 'pikvm' }],
    },
    {
      name: 'An exception permits the device on the bench',
      story: [
        ADA,
        LAPTOP,
        {
          exception: {
            ...{ id: 'bench', contractor: 'ada', tool: 'pikvm', reason: 'test bench' },
            ...{ from: '2026-03-01T00:00:00.000Z', until: '2026-04-01T00:00:00.000Z' },
            ...{ requestedBy: 'sam', approvedBy: 'kit' },
          },
        },
        { ...AT, began: pikvm('exact') },
      ],
      expect: [],
    },
    {
      name: 'The controller of a server shows its own devices',
      story: [
        ADA,
        LAPTOP,
        {
          ...AT,
          began: {
            ...{
              kind: 'peripheral',
              vendorId: '046b',
              productId: 'ff10',
              match: 'ami-bmc',
              confidence: 'exact',
            },
            interfaces: ['boot-mouse'],
          },
        },
      ],
      expect: [],
    },
  ],
});

function pikvm(confidence: string) {
  return {
    ...{ kind: 'peripheral', vendorId: '1d6b', productId: '0104', match: 'pikvm', confidence },
    ...{ vendor: 'PiKVM', product: 'PiKVM Composite Device' },
    interfaces: ['absolute-pointer', 'storage'],
  };
}
