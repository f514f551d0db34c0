import * as z from 'zod';
import type { Declaration } from '../../../shared/declaration.ts';
import type { FactOf } from '../../../shared/facts.ts';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import type { Span } from '../timeline.ts';
import { during, listed } from '../wording.ts';

const ISSUED = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const OTHER = 'f9e8d7c6b5a4938271605f4e3d2c1b0a';
const person = (more: object) => ({ contractor: { id: 'ada', countries: ['US'], ...more } });
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const tells = (more: object, at = '2026-03-02T14:05:00.000Z') => ({
  at,
  endpoint: 'laptop-1',
  began: {
    ...{ kind: 'platform', os: 'windows', name: 'Windows 11 Pro', version: '10.0.26100', arch: 'x64' },
    ...{ chassis: 'laptop', bootedAt: '2026-03-02T14:00:00.000Z', ...more },
  },
});

export const notTheIssuedEndpoint = defineRule({
  id: 'not-the-issued-endpoint',
  title: 'Agent runs on another machine than the one that was issued',
  scope: 'contractor',
  family: 'identity',
  severity: 'critical',
  advisories: ['joint-2026-1', 'us-2022-mitigation-2', 'us-2022-body-1', 'fbi-2025-2'],
  attack: ['T1564.006', 'T1036'],
  watches: ['platform'],
  contradicts: ['issuedSerials', 'virtualMachine'],
  settings: z.strictObject({
    hypervisorsToIgnore: z
      .array(z.string().max(64))
      .max(20)
      .default([])
      .describe(
        'Names of hypervisors, as endpoints tell them, on which the organization runs desktops for everybody.',
      ),
  }),
  falsePositives: [
    'A new mainboard has a new serial number: add it to `issuedSerials`, and bridge the days between with an exception.',
    'A desktop that the organization itself runs as a virtual machine: declare `virtualMachine`.',
    'A replacement that was sent before the roster was told.',
  ],
  blindSpots: [
    'An endpoint that tells no serial number, for lack of rights or because its maker left it out, is not compared.',
    'Whoever has administrator rights over a virtual machine may give it the serial number of the issued one.',
    'Contractors for whom no serial numbers were declared are judged by virtual machines only.',
  ],
  triage: [
    'Ask where the issued machine is, and have it shown: its serial number stands on the case.',
    'See since when the endpoint tells this, and whether it enrolled anew at that time.',
    'A rented virtual machine speaks from a hosting network: look at the egress.',
  ],
  evaluate(timeline, settings) {
    const { declaration } = timeline.contractor;
    if (!declaration) return [];
    const ignored = new Set(settings.hypervisorsToIgnore);
    const judged = timeline.spans('platform').map((span) => {
      const isOther = isForeign(span.fact, declaration);
      const isVirtual = !declaration.virtualMachine && virtualName(span.fact, ignored) !== undefined;
      return { span, isOther, isVirtual };
    });
    const wrong = judged.filter(({ isOther, isVirtual }) => isOther || isVirtual);
    return [...Map.groupBy(wrong, ({ span }) => span.endpoint)].flatMap(([endpoint, all]) => {
      const spans = all.map(({ span }) => span);
      const period = spread(spans);
      if (!period) return [];
      const isOther = all.some((each) => each.isOther);
      const kinds = namesOf(spans, ignored);
      const isVirtual = all.some((each) => each.isVirtual);
      const what = [
        ...(isOther ? ['has a serial number that was not issued'] : []),
        ...(isVirtual ? [`is a virtual machine (${kinds})`] : []),
      ];
      return [
        {
          key: endpoint,
          // Where nothing was said of the machine, a virtual one is worth a question and contradicts nothing yet.
          severity: isOther || saysWhatWasIssued(declaration) ? ('critical' as const) : ('medium' as const),
          reason: `${endpoint} ${listed(what)}, ${during(period)}.`,
          arithmetic: [
            {
              label: 'issued serials',
              value: declaration.issuedSerials
                ? `${declaration.issuedSerials.length} declared`
                : 'none declared',
            },
            { label: 'told serial', value: serialsText(spans, isOther) },
            { label: 'declared virtual', value: virtualText(declaration) },
            { label: 'told to be', value: kinds },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
        },
      ];
    });
  },
  examples: [
    {
      name: 'A machine with a serial number that was not issued',
      story: [person({ issuedSerials: [ISSUED] }), LAPTOP, tells({ serial: OTHER })],
      expect: [{ subject: 'ada', key: 'laptop-1', severity: 'critical' }],
    },
    {
      name: 'A virtual machine in place of the issued laptop',
      story: [person({ issuedSerials: [ISSUED] }), LAPTOP, tells({ virtual: 'vmware', chassis: 'virtual' })],
      expect: [{ key: 'laptop-1', severity: 'critical' }],
    },
    {
      name: 'A virtual machine where nothing was said of the machine',
      story: [person({}), LAPTOP, tells({ virtual: 'qemu' })],
      expect: [{ key: 'laptop-1', severity: 'medium' }],
    },
    {
      name: 'The issued machine, started anew',
      story: [
        person({ issuedSerials: [ISSUED] }),
        LAPTOP,
        tells({ serial: ISSUED }),
        tells({ serial: ISSUED, bootedAt: '2026-03-03T14:00:00.000Z' }, '2026-03-03T14:05:00.000Z'),
      ],
      expect: [],
    },
    {
      name: 'A declared virtual desktop, and an endpoint that tells no serial number',
      story: [
        person({ issuedSerials: [ISSUED], virtualMachine: true }),
        LAPTOP,
        tells({ virtual: 'hyper-v', chassis: 'virtual' }),
      ],
      expect: [],
    },
  ],
});

type Platform = Span<'platform'>;

function isForeign({ serial }: FactOf<'platform'>, { issuedSerials }: Declaration): boolean {
  return serial !== undefined && issuedSerials !== undefined && !issuedSerials.includes(serial);
}

/** The hypervisor, or that the chassis says so; undefined for hardware and what is ignored. */
function virtualName(
  { virtual, chassis }: FactOf<'platform'>,
  ignored: ReadonlySet<string>,
): string | undefined {
  if (virtual !== undefined) return ignored.has(virtual) ? undefined : virtual;
  return chassis === 'virtual' || chassis === 'container' ? chassis : undefined;
}

function namesOf(spans: readonly Platform[], ignored: ReadonlySet<string>): string {
  const names = spans.map(({ fact }) => virtualName(fact, ignored) ?? fact.chassis ?? 'not told');
  return [...new Set(names)].toSorted().join(', ');
}

function saysWhatWasIssued({ issuedSerials, virtualMachine }: Declaration): boolean {
  return issuedSerials !== undefined || virtualMachine !== undefined;
}

function serialsText(spans: readonly Platform[], isOther: boolean): string {
  const told = new Set(spans.flatMap(({ fact }) => fact.serial ?? []));
  if (told.size === 0) return 'none';
  const short = listed([...told].toSorted().map((hash) => `${hash.slice(0, 8)}…`));
  return isOther ? `${short}, not among them` : short;
}

function virtualText({ virtualMachine }: Declaration): string {
  if (virtualMachine === undefined) return 'not said';
  return virtualMachine ? 'yes' : 'no';
}
