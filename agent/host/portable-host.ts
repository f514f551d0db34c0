import { arch, uptime } from 'node:os';
import type { Os } from '../../shared/catalog/match.ts';
import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import type { Host, Machine } from './host.ts';

/** What Node and systeminformation know on every operating system. All else says that it is unsupported, so nothing looks clear. */
export function portableHost(os: Os): Host {
  const unsupported = async (): Promise<never> => {
    throw new CodedError('PROBE_UNSUPPORTED', { os });
  };
  const bootedAt = instant(Math.round(Date.now() / 1_000 - uptime()) * 1_000);
  return {
    os,
    now: () => instant(Date.now()),
    mono: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
    bootId: async () => bootedAt,
    processes: unsupported,
    listeners: unsupported,
    connections: unsupported,
    ownersOf: unsupported,
    interfaces: unsupported,
    routes: unsupported,
    neighbors: unsupported,
    nameServers: unsupported,
    logins: unsupported,
    endedLogins: unsupported,
    proxies: unsupported,
    usbDevices: unsupported,
    monitors: unsupported,
    presence: unsupported,
    sleeps: unsupported,
    browserParts: unsupported,
    packages: unsupported,
    services: unsupported,
    existing: unsupported,
    clock: async () => ({ timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone }),
    machine: async () => ({ ...(await describedMachine()), arch: arch(), bootedAt }),
  };
}

/** Starts programs of the system, so it is for facts that are asked once an hour; loaded only where nothing cheaper is known. */
async function describedMachine(): Promise<Omit<Machine, 'arch' | 'bootedAt'>> {
  const { chassis, osInfo, system } = (await import('systeminformation')).default;
  const [about, hardware, housing] = await Promise.all([osInfo(), system(), chassis()]);
  const kind = hardware.virtual ? 'virtual' : chassisOf(housing.type);
  const virtual = hardware.virtual ? hardware.virtualHost || hardware.model : undefined;
  return {
    name: about.distro,
    version: about.release,
    ...(kind ? { chassis: kind } : {}),
    ...(virtual ? { virtual } : {}),
    // What the makers of some boards write, and what systeminformation writes for nothing.
    ...(/^(-|0*|none|default string|to be filled.*)$/i.test(hardware.serial)
      ? {}
      : { serial: hardware.serial }),
  };
}

/** By the names of SMBIOS (DMTF DSP0134, table 17), as systeminformation gives them. */
function chassisOf(type: string): Machine['chassis'] {
  if (/laptop|notebook|portable|convertible|detachable|tablet|book/i.test(type)) return 'laptop';
  if (/desktop|tower|all in one|mini|imac|lunch box/i.test(type)) return 'desktop';
  if (/server|rack|blade/i.test(type)) return 'server';
  return type ? 'other' : undefined;
}
