import * as z from 'zod/mini';
import { isSerial } from '../../../shared/serial.ts';
import { type Instant, instant, isTimezone } from '../../../shared/time.ts';
import type { Machine, Sleep, SystemClock } from '../host.ts';
import type { Files } from '../linux/files.ts';
import { jsonOf, linesOf, unreadable } from './reading.ts';

export interface Kernel {
  readonly bootId: string;
  readonly bootedAt: Instant;
  /** The last sleep that is over. */
  readonly sleep?: Sleep;
  readonly model: string;
  readonly isVirtual: boolean;
}

/** `name: value`; times as `{ sec = 1772460000, usec = 0 } Mon Mar  2 14:00:00 2026`, with sec = 0 for never. */
export function kernelIn(text: string): Kernel {
  const values = keysOf(text);
  const bootId = values.get('kern.bootsessionuuid')?.toLowerCase();
  const bootedAt = timeOf(values.get('kern.boottime'));
  if (!bootId || !bootedAt) throw unreadable('no boot');
  const [from, until] = [timeOf(values.get('kern.sleeptime')), timeOf(values.get('kern.waketime'))];
  return {
    bootId,
    bootedAt,
    ...(from && until && from < until ? { sleep: { from, until } } : {}),
    model: values.get('hw.model') ?? '',
    isVirtual: values.get('kern.hv_vmm_present') === '1',
  };
}

function timeOf(value: string | undefined): Instant | undefined {
  const [, seconds, micros] = /\{ sec = (\d{1,11}), usec = (\d{1,6}) \}/.exec(value ?? '') ?? [];
  return Number(seconds) > 0
    ? instant(Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000))
    : undefined;
}

/** By the model that a hypervisor writes. */
const HYPERVISORS: readonly (readonly [RegExp, string])[] = [
  [/^VirtualMac/, 'apple'],
  [/^VMware/i, 'vmware'],
  [/^Parallels/i, 'parallels'],
  [/qemu|^Standard PC/i, 'qemu'],
];

const hardwareSchema = z.object({
  SPHardwareDataType: z
    .array(z.object({ machine_name: z.optional(z.string()), serial_number: z.optional(z.string()) }))
    .check(z.minLength(1)),
});

export interface MachineTexts {
  readonly version: string;
  readonly hardware: string;
  readonly kernel: Kernel;
}

export function machineIn({ version, hardware, kernel }: MachineTexts): Omit<Machine, 'arch'> {
  const about = keysOf(version);
  const [told] = jsonOf(hardwareSchema, hardware).SPHardwareDataType;
  const product = told?.machine_name ?? '';
  const named = HYPERVISORS.find(([pattern]) => pattern.test(kernel.model))?.[1];
  const virtual = named ?? (kernel.isVirtual ? 'unnamed' : undefined);
  const chassis = virtual ? 'virtual' : chassisOf(product);
  const serial = told?.serial_number?.trim() ?? '';
  return {
    name: about.get('ProductName') ?? 'macOS',
    version: about.get('ProductVersion') ?? 'unknown',
    ...(chassis ? { chassis } : {}),
    ...(virtual ? { virtual } : {}),
    ...(isSerial(serial) ? { serial } : {}),
    bootedAt: kernel.bootedAt,
  };
}

function chassisOf(product: string): Machine['chassis'] {
  if (product.startsWith('MacBook')) return 'laptop';
  return /^(?:iMac|Mac mini|Mac Studio|Mac Pro)/.test(product) ? 'desktop' : undefined;
}

/** Lines of `name:`, blanks and a value. */
function keysOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    linesOf(text).flatMap((line) => {
      const [, key, value] = /^([\w.]+):\s*(.*?)\s*$/.exec(line) ?? [];
      return key && value !== undefined ? [[key, value] as const] : [];
    }),
  );
}

/** Whether the clock is set automatically is told to administrators only, by a program that can also change it. */
export async function readClock(files: Files): Promise<SystemClock> {
  const linked = /\/zoneinfo(?:\.default)?\/(.+)$/.exec((await files.link('/etc/localtime')) ?? '')?.[1];
  if (linked && isTimezone(linked)) return { timezone: linked };
  return { timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone };
}
