import { CodedError } from '../../../shared/errors.ts';
import { isSerial } from '../../../shared/serial.ts';
import { instant, millis } from '../../../shared/time.ts';
import type { Machine, SystemClock } from '../host.ts';
import { chassisOfType, hypervisorOfMaker } from '../smbios.ts';
import type { SlowDocument } from './documents.ts';
import { itemsOf } from './parts.ts';

/** Windows 11 still calls itself 10.0; its builds begin here. */
const WINDOWS_11 = 22_000;
/** Win32_OperatingSystem.ProductType */
const WORKSTATION = 1;

/**
 * A hypervisor below Windows says nothing: with Hyper-V, WSL or virtualization-based security on, the hardware's own Windows runs
 * above one too. So the makers in the firmware's tables decide alone.
 */
export function machineIn(document: SlowDocument, arch: string): Machine {
  const [system] = itemsOf(document.system, { source: 'Win32_OperatingSystem' });
  if (!system?.booted) {
    throw new CodedError('PROBE_FAILED', { path: 'Win32_OperatingSystem', reason: 'no time of the boot' });
  }
  const [bios] = itemsOf(document.bios, { source: 'Win32_BIOS' });
  const [about] = itemsOf(document.maker, { source: 'Win32_ComputerSystem' });
  const [edition] = 'items' in document.edition ? document.edition.items : [];
  const virtual = hypervisorOfMaker(`${about?.maker} ${about?.model} ${bios?.maker}`);
  const chassis = virtual ? 'virtual' : chassisIn(document);
  const serial = bios?.serial.trim() ?? '';
  return {
    name: `Windows ${releaseOf(system.version, system.product)} ${edition?.edition ?? ''}`.trim(),
    version: edition ? `${system.version}.${edition.revision}` : system.version,
    arch,
    ...(chassis ? { chassis } : {}),
    ...(virtual ? { virtual } : {}),
    ...(isSerial(serial) ? { serial } : {}),
    bootedAt: instant(millis(system.booted)),
  };
}

function releaseOf(version: string, product: number): string {
  if (product !== WORKSTATION) return 'Server';
  const [major, , build] = version.split('.').map(Number);
  return major === 10 ? ((build ?? 0) >= WINDOWS_11 ? '11' : '10') : version;
}

function chassisIn({ chassis }: SlowDocument): Machine['chassis'] {
  // A docking station is an enclosure of its own.
  const kinds = itemsOf(chassis, { source: 'Win32_SystemEnclosure' }).map(chassisOfType);
  return kinds.find((kind) => kind === 'laptop') ?? kinds.find((kind) => kind !== 'other') ?? kinds[0];
}

/** A number that Windows counts up at every boot. */
export function bootIdIn({ boot, system }: SlowDocument): string {
  const [count] = 'items' in boot ? boot.items : [];
  if (count !== undefined) return `boot ${count}`;
  const [about] = itemsOf(system, { source: 'Win32_OperatingSystem' });
  if (!about?.booted)
    throw new CodedError('PROBE_FAILED', { path: 'Win32_OperatingSystem', reason: 'no boot' });
  return instant(millis(about.booted));
}

/** Windows tells whether its time service follows others (`NTP`, `NT5DS`, `AllSync`), not whether it succeeded. */
export function clockIn({ clock, services }: SlowDocument, timezone: string | undefined): SystemClock {
  if (!timezone) throw new CodedError('PROBE_FAILED', { path: 'Intl', reason: 'no time zone known' });
  const [type] = 'items' in clock ? clock.items : [];
  if (type === undefined) return { timezone };
  const service = 'items' in services ? services.items.find(({ name }) => name === 'W32Time') : undefined;
  return { timezone, synchronized: type !== 'NoSync' && service?.start !== 'Disabled' };
}
