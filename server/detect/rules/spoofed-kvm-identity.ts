import * as z from 'zod';
import { deviceText, hardwareOf, ipKvms } from '../hardware.ts';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { during, endpointsOf, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const AT = { at: '2026-03-03T15:10:00.000Z', endpoint: 'laptop-1' };
const BORROWED = {
  ...{ kind: 'peripheral', vendorId: '046d', productId: 'c52b', match: 'jetkvm' },
  ...{ vendor: 'Logitech (x64)', product: 'USB Receiver', interfaces: ['absolute-pointer', 'storage'] },
};

export const spoofedKvmIdentity = defineRule({
  id: 'spoofed-kvm-identity',
  title: 'A device borrows another maker’s identity in the way an IP-KVM does',
  scope: 'contractor',
  family: 'hardware',
  severity: 'critical',
  advisories: ['google-2026-kvm', 'laptop-farm-hid-gadget', 'mandiant-2025-hid'],
  attack: ['T1219.003', 'T1036'],
  watches: ['peripheral'],
  reads: ['display'],
  contradicts: [],
  settings: z.strictObject({}),
  falsePositives: [
    'The one person who owns the very monitor whose serial the KVM’s makers copied: verify by photograph, then make an exception.',
    'A real receiver or input device whose firmware was replaced.',
  ],
  blindSpots: [
    'A borrowed identity that nobody has published yet, or one that was chosen with care.',
    'A monitor without a serial looks like any other of its model.',
  ],
  triage: [
    'Ask for a photograph of the device and of its name plate, and compare its functions with those told here.',
    'Look whether the device came with the machine or days after it was enrolled.',
    'Look for a monitor of no size, or one whose serial several endpoints have.',
  ],
  evaluate(timeline) {
    return [...ipKvms(timeline, 'preset')].flatMap(([id, spans]) => {
      const period = spread(spans);
      if (!period) return [];
      const devices = [...new Set(spans.map(deviceText))].toSorted();
      const name = hardwareOf(id)?.name ?? id;
      const faces = new Set(spans.flatMap(({ fact }) => (fact.kind === 'peripheral' ? fact.interfaces : [])));
      return [
        {
          key: id,
          reason: `A device on ${listed(endpointsOf(spans))} ${during(period)} says that it is ${listed(devices)}, with the texts, serial or functions that ${name} borrows: the real one has none of them.`,
          arithmetic: [
            { label: 'says that it is', value: listed(devices) },
            { label: 'is the preset of', value: id },
            { label: 'functions', value: listed([...faces].toSorted(), 8) || 'a monitor' },
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
      name: 'A receiver of a well-known maker has a disk and a pointer that the real one lacks',
      story: [ADA, LAPTOP, { ...AT, began: { ...BORROWED, confidence: 'preset' } }],
      expect: [{ subject: 'ada', key: 'jetkvm', severity: 'critical' }],
    },
    {
      name: 'A monitor has the serial that a KVM’s makers copied from a single real one',
      story: [
        ADA,
        LAPTOP,
        {
          ...AT,
          began: {
            ...{ kind: 'display', manufacturer: 'DEL', model: 'DELL D2721H', match: 'jetkvm' },
            ...{ widthMm: 598, heightMm: 336 },
          },
        },
      ],
      expect: [{ key: 'jetkvm' }],
    },
    {
      name: 'The KVM says what it is, which is another rule’s business',
      story: [ADA, LAPTOP, { ...AT, began: { ...BORROWED, confidence: 'exact' } }],
      expect: [],
    },
  ],
});
