import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import type { Host, Machine } from '../host.ts';
import { installedParts } from './browser-parts.ts';
import { readEndedLogins } from './ended-logins.ts';
import { filesUnder } from './files.ts';
import { existingPaths, homesOf, packageReader, readServices } from './installed.ts';
import { readLogins } from './logins.ts';
import { readClock, readMachine } from './machine.ts';
import { readMonitors } from './monitors.ts';
import { readInterfaces, readNameServers, readNeighbors } from './network.ts';
import { presenceReader } from './presence.ts';
import { processReader } from './processes.ts';
import { readProxies } from './proxies.ts';
import { readRoutes } from './routes.ts';
import { sleepReader } from './sleeps.ts';
import { ownerReader, socketReader } from './sockets.ts';
import { usbReader } from './usb.ts';

/** Reads `/proc`, `/sys`, `/run`, `/etc` and `/var/lib` below `root`; starts no command. */
export function linuxHost(root: string): Host {
  const files = filesUnder(root);
  const processes = processReader(files);
  const ownersOf = ownerReader({ files, processes });
  const { listeners, connections } = socketReader(files);
  const now = () => instant(Date.now());
  const mono = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;
  let machine: Machine | undefined;
  return {
    os: 'linux',
    now,
    mono,
    async bootId() {
      const id = (await files.text('/proc/sys/kernel/random/boot_id'))?.trim();
      if (!id) throw new CodedError('PROBE_FAILED', { reason: 'no boot id' });
      return id;
    },
    processes,
    listeners,
    connections,
    ownersOf,
    interfaces: () => readInterfaces(files),
    routes: () => readRoutes(files),
    neighbors: () => readNeighbors(files),
    nameServers: () => readNameServers(files),
    logins: () => readLogins({ files, processes, connections }, process.arch),
    endedLogins: (after) => readEndedLogins(files, { after, arch: process.arch }),
    proxies: () => readProxies(files),
    usbDevices: usbReader(files),
    monitors: () => readMonitors(files),
    presence: presenceReader({ files, processes, mono }),
    sleeps: sleepReader({ files, now, mono }),
    browserParts: (questions) => installedParts({ files, homes: () => homesOf(files) }, questions),
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
