import { CodedError } from '../../../shared/errors.ts';
import { isSerial } from '../../../shared/serial.ts';
import { type Instant, instant, isTimezone } from '../../../shared/time.ts';
import type { Machine, SystemClock } from '../host.ts';
import { chassisOfType, hypervisorOfMaker } from '../smbios.ts';
import { type Files, ifAllowed } from './files.ts';
import { keysOf } from './keys.ts';
import { offsetIn } from './zone.ts';

export async function readMachine(files: Files, arch: string): Promise<Machine> {
  const release = keysOf(
    (await files.text('/etc/os-release')) ?? (await files.text('/usr/lib/os-release')) ?? '',
  );
  const container = await containerOf(files);
  const virtual = container ?? (await hypervisorOf(files));
  const chassis = container ? 'container' : virtual ? 'virtual' : await chassisOf(files);
  const serial = await dmi(files, 'product_serial');
  return {
    name: release.get('NAME') ?? 'Linux',
    version: release.get('VERSION_ID') ?? release.get('BUILD_ID') ?? 'unknown',
    arch,
    ...(chassis ? { chassis } : {}),
    ...(virtual ? { virtual } : {}),
    ...(isSerial(serial) ? { serial } : {}),
    bootedAt: await bootedAt(files),
  };
}

async function bootedAt(files: Files): Promise<string> {
  const [, seconds] = /^btime (\d+)$/m.exec((await files.text('/proc/stat')) ?? '') ?? [];
  if (!seconds) throw new CodedError('PROBE_FAILED', { path: '/proc/stat', reason: 'no btime' });
  return instant(Number(seconds) * 1_000);
}

async function containerOf(files: Files): Promise<string | undefined> {
  const told = (await ifAllowed(files.text('/run/systemd/container')))?.trim();
  if (told) return told;
  if (await files.exists('/run/.containerenv')) return 'podman';
  if (await files.exists('/.dockerenv')) return 'docker';
  const [group] = /docker|lxc|kubepods|containerd/.exec((await files.text('/proc/1/cgroup')) ?? '') ?? [];
  return group;
}

async function hypervisorOf(files: Files): Promise<string | undefined> {
  if (/microsoft/i.test((await files.text('/proc/sys/kernel/osrelease')) ?? '')) return 'wsl';
  const maker = `${await dmi(files, 'sys_vendor')} ${await dmi(files, 'product_name')} ${await dmi(files, 'bios_vendor')}`;
  const known = hypervisorOfMaker(maker);
  if (known) return known;
  if ((await files.text('/sys/hypervisor/type'))?.trim() === 'xen') return 'xen';
  // The processor says so itself, unless the hypervisor hides it.
  const flags = /^flags\s*:.*$/m.exec((await files.text('/proc/cpuinfo')) ?? '')?.[0] ?? '';
  return / hypervisor( |$)/.test(flags) ? 'unnamed' : undefined;
}

async function chassisOf(files: Files): Promise<Machine['chassis']> {
  const text = await dmi(files, 'chassis_type');
  return text === '' ? undefined : chassisOfType(Number(text));
}

/** Empty where there is no such table, or no right to read it: serial numbers are for root. */
async function dmi(files: Files, name: string): Promise<string> {
  return ((await ifAllowed(files.text(`/sys/class/dmi/id/${name}`))) ?? '').trim();
}

export async function readClock(files: Files, now: Instant): Promise<SystemClock> {
  const linked = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(
    (await files.link('/etc/localtime')) ?? '',
  )?.[1];
  const written = (await files.text('/etc/timezone'))?.trim();
  const timezone = [linked, written].find((name) => name && isTimezone(name)) ?? processTimezone();
  const isDone = await files.exists('/run/systemd/timesync/synchronized');
  const isWatched = isDone || (await files.exists('/run/systemd/timesync'));
  const zone = await files.bytes(`/usr/share/zoneinfo/${timezone}`);
  const utcOffsetMinutes = zone && offsetIn(zone, now);
  return {
    timezone,
    ...(utcOffsetMinutes === undefined ? {} : { utcOffsetMinutes }),
    ...(isWatched ? { synchronized: isDone } : {}),
  };
}

function processTimezone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
