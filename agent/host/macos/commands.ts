import type { AllowedCommand } from '../commands.ts';

const KB = 1024;
const MB = 1024 * KB;

/**
 * Every program that is started on macOS. All come with the system and are protected by it. Where a program has several forms of
 * output, the one for machines is asked for; the others are not translated.
 */
export const MAC_COMMANDS = {
  /** One `-o` for each column: to other kinds of ps, text after the first `=` would be a title. */
  processes: command('/bin/ps', ['-ww', '-ax', '-o', 'pid=', '-o', 'comm='], { maxBytes: 4 * MB }),
  tcp: command('/usr/sbin/netstat', ['-anl', '-p', 'tcp'], { maxBytes: 8 * MB }),
  udp: command('/usr/sbin/netstat', ['-anl', '-p', 'udp'], { maxBytes: 4 * MB }),
  routes: command('/usr/sbin/netstat', ['-rnl'], { maxBytes: 4 * MB }),
  /** Ends with 1 as well when it found something, but not all it was asked for. */
  openSockets: command('/usr/sbin/lsof', ['-nPw', '-iTCP', '-iUDP', '-FpPtn'], {
    maxBytes: 8 * MB,
    exitOfNothing: 1,
  }),
  interfaces: command('/sbin/ifconfig', ['-av'], { maxBytes: MB }),
  neighbors: command('/usr/sbin/arp', ['-an'], { maxBytes: MB }),
  nameServers: command('/usr/sbin/scutil', ['--dns'], { maxBytes: MB }),
  proxies: command('/usr/sbin/scutil', ['--proxy'], { maxBytes: 256 * KB }),
  logins: command('/usr/bin/who', [], { maxBytes: 256 * KB }),
  /** The newest lines first, in a form that every version prints; options for years and whole names came late. */
  endedLogins: command('/usr/bin/last', ['-500'], { maxBytes: 256 * KB }),
  /** Started only when a connection to Screen Sharing is there that no earlier answer explains. */
  screenSharing: command(
    '/usr/bin/log',
    [
      'show',
      '--last',
      '1h',
      '--style',
      'ndjson',
      '--predicate',
      'process == "screensharingd" AND eventMessage BEGINSWITH "Authentication: SUCCEEDED"',
    ],
    { timeoutMs: 4_000, maxBytes: 2 * MB },
  ),
  receipts: command('/usr/sbin/pkgutil', ['--pkgs'], { maxBytes: MB }),
  ownJobs: command('/bin/launchctl', ['list'], { maxBytes: 2 * MB }),
  systemJobs: command('/bin/launchctl', ['print', 'system'], { maxBytes: 8 * MB }),
  version: command('/usr/bin/sw_vers', [], { maxBytes: 16 * KB }),
  kernel: command(
    '/usr/sbin/sysctl',
    [
      'kern.boottime',
      'kern.bootsessionuuid',
      'kern.sleeptime',
      'kern.waketime',
      'kern.hv_vmm_present',
      'hw.model',
    ],
    { maxBytes: 16 * KB },
  ),
  hardware: command('/usr/sbin/system_profiler', ['-json', 'SPHardwareDataType'], {
    timeoutMs: 8_000,
    maxBytes: 256 * KB,
  }),
  usb: command('/usr/sbin/ioreg', ['-a', '-l', '-w0', '-r', '-c', 'IOUSBHostDevice'], { maxBytes: 8 * MB }),
  /** Screens of Intel machines, then those of Apple's own processors. */
  screens: command('/usr/sbin/ioreg', ['-a', '-d1', '-w0', '-r', '-k', 'IODisplayEDID'], {
    maxBytes: 4 * MB,
  }),
  framebuffers: command('/usr/sbin/ioreg', ['-a', '-d1', '-w0', '-r', '-k', 'DisplayAttributes'], {
    maxBytes: 8 * MB,
  }),
  input: command('/usr/sbin/ioreg', ['-a', '-d1', '-w0', '-r', '-c', 'IOHIDSystem'], { maxBytes: MB }),
  console: command('/usr/sbin/ioreg', ['-a', '-d1', '-w0', '-n', 'Root'], { maxBytes: MB }),
} as const satisfies Readonly<Record<string, AllowedCommand>>;

interface Limits {
  readonly maxBytes: number;
  readonly timeoutMs?: number;
  readonly exitOfNothing?: number;
}

function command(path: string, args: readonly string[], limits: Limits): AllowedCommand {
  return { path, args, timeoutMs: 3_000, ...limits };
}
