import * as z from 'zod';
import { instant, millis, SECOND } from '../../../shared/time.ts';
import { dayNumber, spread, touchingAny } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { ContractorTimeline, Period, Span } from '../timeline.ts';
import { during, endpointsOf, listed } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const DEVICE = { kind: 'peripheral', vendorId: '046d', productId: 'c31c' };
const FACES = { confidence: 'shape', interfaces: ['boot-keyboard', 'absolute-pointer', 'storage'] };

export const inputDeviceChurn = defineRule({
  id: 'input-device-churn',
  title: 'Input devices come and go again and again',
  scope: 'contractor',
  family: 'hardware',
  severity: 'low',
  advisories: ['mandiant-2025-hid'],
  attack: ['T1219.003'],
  watches: ['peripheral'],
  reads: ['suspend'],
  contradicts: [],
  settings: z.strictObject({
    timesADay: z
      .int()
      .min(2)
      .max(100)
      .default(6)
      .describe('How often within one day (UTC) a device must appear for the day to count.'),
    days: z.int().min(1).max(30).default(3).describe('How many such days within ten days make a finding.'),
    afterWakeSeconds: z
      .int()
      .min(0)
      .max(600)
      .default(10)
      .describe(
        'A device that appears so soon after the machine woke up came with the waking and does not count.',
      ),
  }),
  falsePositives: [
    'A desk switch that its owner turns between two machines: an exception for this rule.',
    'A loose plug or a hub that saves power.',
  ],
  blindSpots: [
    'Ordinary input devices are not reported by agents, since they tell of nobody: only those that the catalog or their shape singles out are counted.',
    'A KVM that stays connected to one machine.',
  ],
  triage: [
    'Compare the times with those of other endpoints at the same address: a KVM that is switched leaves one as it comes to another.',
    'Ask whether a desk switch is used.',
  ],
  evaluate(timeline, settings) {
    const woken = wakings(timeline, settings.afterWakeSeconds * SECOND);
    const came = timeline
      .spans('peripheral')
      .filter((span) => isInput(span) && !woken.get(span.endpoint)?.({ from: span.from, to: span.from }));
    return [...Map.groupBy(came, ({ endpoint }) => endpoint)].flatMap(([endpoint, spans]) => {
      const byDay = Map.groupBy(spans, ({ from }) => dayNumber(from));
      const busy = [...byDay].filter(([, ofDay]) => ofDay.length >= settings.timesADay);
      const days = busy.map(([day]) => day).toSorted((a, b) => a - b);
      const dense = days.some((day, index) => {
        const last = days[index + settings.days - 1];
        return last !== undefined && last - day < 10;
      });
      const counted = busy.flatMap(([, ofDay]) => ofDay);
      const period = spread(counted);
      if (!dense || !period) return [];
      return [
        {
          key: endpoint,
          reason: `Input devices appeared on ${listed(endpointsOf(counted))} ${counted.length} times on ${days.length} days ${during(period)}.`,
          arithmetic: [
            { label: 'days that count', value: `${days.length} of at least ${settings.days} within 10` },
            {
              label: 'most on one day',
              value: `${Math.max(...busy.map(([, ofDay]) => ofDay.length))} of at least ${settings.timesADay}`,
            },
            {
              label: 'devices',
              value: listed(
                [...new Set(counted.map(({ fact }) => `${fact.vendorId}:${fact.productId}`))].toSorted(),
              ),
            },
          ],
          spans: counted.map(({ id }) => id),
          ...period,
        },
      ];
    });
  },
  examples: [
    {
      name: 'One device appears every hour on three days',
      story: [ADA, LAPTOP, ...['03', '04', '05'].flatMap((day) => appearances(day, 7))],
      expect: [{ subject: 'ada', key: 'laptop-1', severity: 'low' }],
    },
    {
      name: 'It appears often on one day only',
      story: [ADA, LAPTOP, ...appearances('03', 9)],
      expect: [],
    },
  ],
});

function isInput({ fact }: Span<'peripheral'>): boolean {
  return fact.interfaces.some(
    (face) => face === 'boot-keyboard' || face === 'boot-mouse' || face === 'absolute-pointer',
  );
}

/** By endpoint: whether a moment lies within so short a time after a waking. */
function wakings(
  timeline: ContractorTimeline,
  withinMs: number,
): ReadonlyMap<string, (asked: Period) => boolean> {
  const byEndpoint = Map.groupBy(timeline.spans('suspend'), ({ endpoint }) => endpoint);
  return new Map(
    [...byEndpoint].map(([endpoint, spans]) => {
      const after = spans.map(({ fact: { until } }) => ({
        from: until,
        to: instant(millis(until) + withinMs),
      }));
      return [endpoint, touchingAny(after.toSorted((a, b) => (a.from < b.from ? -1 : 1)))];
    }),
  );
}

function appearances(day: string, count: number) {
  return Array.from({ length: count }, (_, hour) => [
    { at: `2026-03-${day}T${10 + hour}:00:00.000Z`, endpoint: 'laptop-1', began: { ...DEVICE, ...FACES } },
    { at: `2026-03-${day}T${10 + hour}:40:00.000Z`, endpoint: 'laptop-1', ended: DEVICE },
  ]).flat();
}
