import { basename } from 'node:path';
import { HOUR, instant, MINUTE, SECOND } from '../../../shared/time.ts';
import { outputOf } from '../commands.ts';
import type { Host, Machine, Sleep } from '../host.ts';
import { installedParts } from '../linux/browser-parts.ts';
import { filesUnder } from '../linux/files.ts';
import { existingPaths } from '../linux/installed.ts';
import { MAC_COMMANDS } from './commands.ts';
import { endedLoginsIn } from './ended-logins.ts';
import { homesOf, MAC_BROWSERS, readServices, receiptsIn } from './installed.ts';
import { loginsIn, screenSharingReader } from './logins.ts';
import { kernelIn, machineIn, readClock } from './machine.ts';
import { framebuffersIn, screensIn } from './monitors.ts';
import { interfacesIn, nameServersIn, neighborsIn, proxiesIn } from './network.ts';
import { presenceIn } from './presence.ts';
import { processReader } from './processes.ts';
import { keptFor, type Output } from './reading.ts';
import { routesIn } from './routes.ts';
import { connectionsIn, listenersIn, ownerReader } from './sockets.ts';
import { usbDevicesIn } from './usb.ts';

/** Probes that ask for the same within this time share an answer. */
const SHARE_MS = 2 * SECOND;
/** Walking the registry costs more than the rest, and nobody plugs faster. */
const USB_MS = 30 * SECOND;
const MAX_SLEEPS = 100;
const ADMIN_GROUP = 80;

export interface MacosHostOptions {
  /** Where programs are started. */
  readonly output?: Output;
  /** Where files are looked for. */
  readonly root?: string;
  readonly isRoot?: boolean;
  readonly isAdmin?: boolean;
}

/** Built from documented forms of output and never run on macOS: see test/fixtures/macos/README.md. */
export function macosHost({
  output = outputOf,
  root = '/',
  isRoot = process.getuid?.() === 0,
  isAdmin = isRoot || (process.getgroups?.() ?? []).includes(ADMIN_GROUP),
}: MacosHostOptions = {}): Host {
  const files = filesUnder(root);
  const processes = keptFor(SHARE_MS, processReader(output));
  const tcp = keptFor(SHARE_MS, () => output(MAC_COMMANDS.tcp));
  const routes = keptFor(SHARE_MS, async () => routesIn(await output(MAC_COMMANDS.routes)));
  const screenSharing = screenSharingReader({ output, canReadLog: isAdmin });
  const kernel = keptFor(MINUTE, async () => kernelIn(await output(MAC_COMMANDS.kernel)));
  const usb = keptFor(USB_MS, async () => usbDevicesIn(await output(MAC_COMMANDS.usb)));
  const monitors = keptFor(MINUTE, async () => [
    ...screensIn(await output(MAC_COMMANDS.screens)),
    ...framebuffersIn(await output(MAC_COMMANDS.framebuffers)),
  ]);
  const hardware = keptFor(HOUR, () => output(MAC_COMMANDS.hardware));
  const now = () => instant(Date.now());
  const sleeps: Sleep[] = [];
  let machine: Machine | undefined;

  return {
    os: 'macos',
    now,
    mono: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
    bootId: async () => (await kernel()).bootId,
    processes,
    listeners: async () => [...listenersIn(await tcp()), ...listenersIn(await output(MAC_COMMANDS.udp))],
    connections: async () => connectionsIn(await tcp()),
    ownersOf: ownerReader({ output, processes }),
    interfaces: async () => interfacesIn(await output(MAC_COMMANDS.interfaces), (await routes()).list),
    routes,
    neighbors: async () => neighborsIn(await output(MAC_COMMANDS.neighbors)),
    nameServers: async () => nameServersIn(await output(MAC_COMMANDS.nameServers)),
    async logins() {
      const told = loginsIn(await output(MAC_COMMANDS.logins), now());
      return [...told, ...(await screenSharing(connectionsIn(await tcp())))];
    },
    async endedLogins(after) {
      const accounts = (await homesOf(files)).map((home) => basename(home));
      return endedLoginsIn(await output(MAC_COMMANDS.endedLogins), { after, now: now(), accounts });
    },
    proxies: async () => proxiesIn(await output(MAC_COMMANDS.proxies)),
    usbDevices: usb,
    monitors,
    presence: async () => presenceIn(await output(MAC_COMMANDS.input), await output(MAC_COMMANDS.console)),
    async sleeps() {
      const { sleep } = await kernel();
      if (sleep && !sleeps.some(({ from }) => from === sleep.from)) sleeps.push(sleep);
      sleeps.splice(0, sleeps.length - MAX_SLEEPS);
      return [...sleeps];
    },
    browserParts: (questions) =>
      installedParts({ files, homes: () => homesOf(files), places: MAC_BROWSERS }, questions),
    packages: async () => receiptsIn(await output(MAC_COMMANDS.receipts)),
    services: () => readServices(output, isRoot),
    existing: (paths) => existingPaths(files, paths, homesOf),
    clock: () => readClock(files),
    async machine() {
      const read = machineIn({
        version: await output(MAC_COMMANDS.version),
        hardware: await hardware(),
        kernel: await kernel(),
      });
      // The kernel moves the time of the boot when the clock is corrected; it changes at a boot only.
      machine = { ...read, arch: process.arch, bootedAt: machine?.bootedAt ?? read.bootedAt };
      return machine;
    },
  };
}
