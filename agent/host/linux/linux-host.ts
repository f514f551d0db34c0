import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import type { Host, Machine } from '../host.ts';
import { filesUnder } from './files.ts';
import { existingPaths, packageReader, readServices } from './installed.ts';
import { readLogins } from './logins.ts';
import { readClock, readMachine } from './machine.ts';
import { readInterfaces, readNameServers, readNeighbors } from './network.ts';
import { processReader } from './processes.ts';
import { readRoutes } from './routes.ts';
import { ownerReader, readConnections, readListeners } from './sockets.ts';

/** Reads `/proc`, `/sys`, `/run`, `/etc` and `/var/lib` below `root`; starts no command. */
export function linuxHost(root: string): Host {
  const files = filesUnder(root);
  const processes = processReader(files);
  const ownersOf = ownerReader({ files, processes });
  let machine: Machine | undefined;
  return {
    os: 'linux',
    now: () => instant(Date.now()),
    mono: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
    async bootId() {
      const id = (await files.text('/proc/sys/kernel/random/boot_id'))?.trim();
      if (!id) throw new CodedError('PROBE_FAILED', { reason: 'no boot id' });
      return id;
    },
    processes,
    listeners: () => readListeners(files),
    connections: () => readConnections(files),
    ownersOf,
    interfaces: () => readInterfaces(files),
    routes: () => readRoutes(files),
    neighbors: () => readNeighbors(files),
    nameServers: () => readNameServers(files),
    logins: () => readLogins(files, process.arch),
    ...PENDING,
    packages: packageReader(files),
    services: () => readServices(files),
    existing: (paths) => existingPaths(files, paths),
    clock: () => readClock(files, instant(Date.now())),
    async machine() {
      // The kernel reckons the time of the boot anew from the clock, which may be corrected; it changes at a boot only.
      const read = await readMachine(files, process.arch);
      machine = { ...read, bootedAt: machine?.bootedAt ?? read.bootedAt };
      return machine;
    },
  };
}

async function unsupported(): Promise<never> {
  throw new CodedError('PROBE_UNSUPPORTED', { os: 'linux' });
}

const PENDING = {
  endedLogins: unsupported,
  proxies: unsupported,
  usbDevices: unsupported,
  monitors: unsupported,
  presence: unsupported,
  sleeps: unsupported,
  browserParts: unsupported,
};
