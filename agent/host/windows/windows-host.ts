import { arch, uptime } from 'node:os';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import type { Host, RunningProcess } from '../host.ts';
import { installedParts } from './browser-parts.ts';
import { systemTimezone } from './config.ts';
import type { ReadCommand } from './document.ts';
import { documentsOf } from './documents.ts';
import { monitorsIn, sleepsIn, usbDevicesIn } from './hardware.ts';
import { existingAmong, existsAfar, homesOrNone, packagesIn, proxiesIn, servicesIn } from './installed.ts';
import { endedIn, historyIn } from './logins.ts';
import { bootIdIn, clockIn, machineIn } from './machine.ts';
import { interfacesIn, nameServersIn, neighborsIn, routesIn } from './network.ts';
import { connectionsIn, listenersIn, ownersAmong, processReader } from './processes.ts';

/** Asks PowerShell for five documents, each at its own pace, and takes every answer out of them. */
export function windowsHost(read: ReadCommand): Host {
  const mono = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;
  const { fast, network, logins, slow, hardware } = documentsOf({ read, mono });
  const processesIn = processReader();
  // Where PowerShell is forbidden, the agent starts nevertheless, to say so.
  const bootedAt = instant(Math.round(Date.now() / 1_000 - uptime()) * 1_000);
  const processes = async (): Promise<readonly RunningProcess[]> => processesIn(await fast());
  return {
    os: 'windows',
    now: () => instant(Date.now()),
    mono,
    bootId: () =>
      slow()
        .then(bootIdIn)
        .catch(() => bootedAt),
    processes,
    listeners: async () => listenersIn(await fast()),
    connections: async () => connectionsIn(await fast()),
    ownersOf: async (sockets) => ownersAmong(await processes(), sockets),
    interfaces: async () => interfacesIn(await network()),
    routes: async () => routesIn(await network()),
    neighbors: async () => neighborsIn(await network()),
    nameServers: async () => nameServersIn(await network()),
    logins: async () => historyIn(await logins()).open,
    endedLogins: async (after) => endedIn(await logins(), after),
    proxies: async () => proxiesIn(await slow()),
    usbDevices: async () => usbDevicesIn(await hardware()),
    monitors: async () => monitorsIn(await hardware()),
    presence: () => unsupported('only a program on the desktop itself can ask when somebody last typed'),
    sleeps: async () => sleepsIn(await hardware()),
    browserParts: async (questions) => installedParts(await slow(), questions, existsAfar),
    packages: async () => packagesIn(await slow()),
    services: async () => servicesIn(await slow()),
    existing: async (paths) => existingAmong(paths, homesOrNone(await slow(), paths), existsAfar),
    clock: async () => clockIn(await slow(), systemTimezone()),
    machine: async () => machineIn(await slow(), arch()),
  };
}

async function unsupported(reason: string): Promise<never> {
  throw new CodedError('PROBE_UNSUPPORTED', { os: 'windows', reason });
}
