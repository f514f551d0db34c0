import { expect, test } from 'vitest';
import { filesUnder } from '../../../agent/host/linux/files.ts';
import { presenceReader } from '../../../agent/host/linux/presence.ts';
import { sleepReader } from '../../../agent/host/linux/sleeps.ts';
import { systemHost } from '../../../agent/host/system-host.ts';
import { proxyProbe } from '../../../agent/probes/proxy.ts';
import { contextOf, emptyTree, factsOf, recorded } from '../world.ts';
import { record } from './utmp-record.ts';

const T = 1_772_463_600;
/** Records of wtmp have a quarter of a second more. */
const at = (seconds: number): string => new Date((T + seconds) * 1_000 + 250).toISOString();
const DEAD = { type: 8, user: '' };
const onX64 = test.runIf(process.arch === 'x64');

onX64('logins that ended are read from a position in wtmp on', async () => {
  await using tree = await emptyTree();
  const host = systemHost({ root: tree.root });
  const first = [
    record({ type: 2, user: 'reboot', line: '~', seconds: T - 100 }),
    record({ line: 'pts/0', host: '203.0.113.9', seconds: T }),
    record({ ...DEAD, line: 'pts/0', seconds: T + 5 }),
    record({ line: 'pts/1', host: '203.0.113.9', seconds: T + 6 }),
  ];
  await tree.write('var/log/wtmp', Buffer.concat(first));
  const one = await host.endedLogins(at(-1_000));
  expect(one.logins).toEqual([
    { user: 'ada', method: 'ssh', from: '203.0.113.9', startedAt: at(0), endedAt: at(5) },
  ]);
  expect(await host.endedLogins(one.next)).toEqual({ logins: [], next: one.next });
  await tree.write(
    'var/log/wtmp',
    Buffer.concat([...first, record({ ...DEAD, line: 'pts/1', seconds: T + 9 })]),
  );
  const two = await host.endedLogins(one.next);
  expect(two.logins).toEqual([
    { user: 'ada', method: 'ssh', from: '203.0.113.9', startedAt: at(6), endedAt: at(9) },
  ]);
  // logrotate begins the file anew.
  await tree.write(
    'var/log/wtmp',
    Buffer.concat([
      record({ line: 'pts/2', host: '203.0.113.9', seconds: T + 20 }),
      record({ ...DEAD, line: 'pts/2', seconds: T + 30 }),
    ]),
  );
  expect((await host.endedLogins(two.next)).logins).toMatchObject([{ startedAt: at(20), endedAt: at(30) }]);
});

onX64(
  'a shutdown ends every login, a crash ends none at a time that is known, half a record waits',
  async () => {
    await using tree = await emptyTree();
    const host = systemHost({ root: tree.root });
    const login = record({ line: 'tty2', seconds: T });
    const shutdown = record({ type: 1, user: 'shutdown', line: '~', seconds: T + 50 });
    const boot = record({ type: 2, user: 'reboot', line: '~', seconds: T + 90 });
    await tree.write('var/log/wtmp', Buffer.concat([login, shutdown, login, boot, login.subarray(0, 100)]));
    const { logins, next } = await host.endedLogins(at(-1));
    expect(logins).toEqual([{ user: 'ada', method: 'console', startedAt: at(0), endedAt: at(50) }]);
    expect(next).toBe(String(4 * 384));
  },
);

test('a machine without wtmp cannot tell what came and went', async () => {
  await using tree = await emptyTree();
  await expect(systemHost({ root: tree.root }).endedLogins(at(0))).rejects.toMatchObject({
    code: 'PROBE_UNSUPPORTED',
  });
});

test('the address of an xrdp login comes from the log of its session manager', async () => {
  await using tree = await emptyTree();
  await tree.write(
    'run/systemd/sessions/c3',
    'UID=1000\nUSER=ada\nSTATE=active\nCLASS=user\nREMOTE=0\nSERVICE=xrdp-sesman\nREALTIME=1772463600000000\n',
  );
  await tree.write(
    'var/log/xrdp-sesman.log',
    [
      '[20260302-15:00:00] [INFO ] ++ created session (access granted): username ada, ip ::ffff:203.0.113.9:50123 - socket: 12',
      '[20260302-15:10:00] [INFO ] ++ reconnected session: username bo, display :11.0, session_pid 9, ip 2001:db8::7',
      '',
    ].join('\n'),
  );
  expect(await systemHost({ root: tree.root }).logins()).toEqual([
    { user: 'ada', method: 'rdp', from: '203.0.113.9', startedAt: '2026-03-02T15:00:00.000Z' },
  ]);
});

test('without any list of logins, the processes of the SSH server tell who is in and from where', async () => {
  await using tree = await emptyTree();
  await tree.write('proc/stat', 'btime 1772460000\n');
  const process = async (pid: number, parent: number, title: string): Promise<void> => {
    await tree.write(`proc/${pid}/comm`, 'sshd\n');
    await tree.write(`proc/${pid}/cmdline`, `${title}\0`);
    const before = `${pid} (sshd) S ${parent} ${'0 '.repeat(17)}`;
    await tree.write(`proc/${pid}/stat`, `${before}360000 0\n`);
  };
  await process(1, 0, 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups');
  await process(20, 1, 'sshd: ada [priv]');
  await process(21, 20, 'sshd: ada@pts/0');
  await process(30, 1, 'sshd: root@notty');
  await process(40, 1, 'sshd: unknown [preauth]');
  await tree.link('proc/20/fd/4', 'socket:[777]');
  await tree.link('proc/21/fd/7', 'socket:[888]');
  const ends = (remote: string, inode: number): string =>
    `0: 010200C0:0016 ${remote} 01 00000000:00000000 00:00000000 00000000 0 0 ${inode} 1`;
  await tree.write(
    'proc/net/tcp',
    ['title', ends('097100CB:C000', 777), ends('0A7100CB:C001', 888)].join('\n'),
  );
  expect(await systemHost({ root: tree.root }).logins()).toEqual([
    { user: 'ada', method: 'ssh', from: '203.0.113.9', startedAt: '2026-03-02T15:00:00.000Z' },
    { user: 'root', method: 'ssh', startedAt: '2026-03-02T15:00:00.000Z' },
  ]);
});

test('a proxy is told by where it is and its port, never by its name or password', async () => {
  await using tree = await emptyTree();
  await tree.write('etc/environment', 'http_proxy="http://ada:secret@proxy.example.com:3128/"\nLANG=C\n');
  await tree.write(
    'etc/profile.d/proxy.sh',
    'export ALL_PROXY=socks5h://127.0.0.1:10808\nexport https_proxy=10.0.0.7:8080 # hm\n',
  );
  await tree.write(
    'etc/dconf/db/local.d/00-proxy',
    "[system/proxy]\nmode='manual'\n[system/proxy/socks]\nhost='::1'\nport=9050\n",
  );
  await tree.write(
    'etc/dconf/db/site.d/00-proxy',
    "[system/proxy]\nmode='none'\n[system/proxy/http]\nhost='x.example.com'\nport=1\n",
  );
  const facts = await factsOf(proxyProbe, contextOf(systemHost({ root: tree.root })));
  expect(facts).toEqual([
    { kind: 'proxy', scheme: 'http', host: 'public', port: 3128 },
    { kind: 'proxy', scheme: 'socks', host: 'loopback', port: 10808 },
    { kind: 'proxy', scheme: 'http', host: 'lan', port: 8080 },
    { kind: 'proxy', scheme: 'socks', host: 'loopback', port: 9050 },
  ]);
  expect(JSON.stringify(facts)).not.toMatch(/secret|example/);
});

test('parts of browsers are found in every profile, and only those that were asked for', async () => {
  await using tree = await emptyTree();
  const id = 'inomeogfingihgjfjlpeplalcfajhgai';
  await tree.write('etc/passwd', 'ada:x:1000:1000::/home/ada:/bin/sh\n');
  await tree.write(`home/ada/.config/chromium/Profile 2/Extensions/${id}/1.0/manifest.json`, '{}');
  await tree.write('home/ada/.mozilla/native-messaging-hosts/com.example.host.json', '{}');
  const wanted = { by: 'extension', id } as const;
  const host = { by: 'native-host', id: 'com.example.host' } as const;
  const absent = { by: 'extension', id: 'a'.repeat(32) } as const;
  const found = await systemHost({ root: tree.root }).browserParts([wanted, absent, host]);
  expect(found).toEqual([wanted, host]);
});

test('a key on a USB keyboard or a built-in one ends the idle time, a disk does not', async () => {
  await using tree = await emptyTree();
  let now = 0;
  const presence = presenceReader({
    files: filesUnder(tree.root),
    processes: async () => [],
    mono: () => now,
  });
  const usb = 'sys/bus/usb/devices';
  const interrupts = (count: number): Promise<void> =>
    tree.write(
      'proc/interrupts',
      `      CPU0  CPU1\n  1:  ${count}  2  IO-APIC  1-edge  i8042\n 16: ${now} 0 IO-APIC xhci_hcd\n`,
    );
  await interrupts(10);
  await tree.write(`${usb}/1-2/urbnum`, '100\n');
  await tree.write(`${usb}/1-2:1.0/bInterfaceClass`, '03\n');
  await tree.write(`${usb}/1-3/urbnum`, '1\n');
  await tree.write(`${usb}/1-3:1.0/bInterfaceClass`, '03\n');
  await tree.write(`${usb}/1-3:1.1/bInterfaceClass`, '08\n');
  expect(await presence()).toEqual({ idleMs: 0 });
  now = 5_000;
  await tree.write(`${usb}/1-3/urbnum`, '999\n');
  expect(await presence()).toEqual({ idleMs: 5_000 });
  now = 6_000;
  await tree.write(`${usb}/1-2/urbnum`, '101\n');
  expect(await presence()).toEqual({ idleMs: 0 });
  now = 8_000;
  await interrupts(11);
  expect(await presence()).toEqual({ idleMs: 0 });
});

test('a machine whose input devices cannot be counted is unsupported', async () => {
  await using tree = await emptyTree();
  await tree.write('proc/interrupts', ' 24: 1 0 IO-APIC 5-edge ACPI:Ged\n');
  await expect(systemHost({ root: tree.root }).presence()).rejects.toMatchObject({
    code: 'PROBE_UNSUPPORTED',
  });
});

test('what two clocks drift apart was slept', async () => {
  await using tree = await emptyTree();
  let mono = 100_000;
  const sleeps = sleepReader({
    files: filesUnder(tree.root),
    now: () => '2026-03-02T15:00:00.000Z',
    mono: () => mono,
  });
  await tree.write('proc/uptime', '100.00 90.00\n');
  expect(await sleeps()).toEqual([]);
  mono += 10_000;
  await tree.write('proc/uptime', '110.01 99.00\n');
  expect(await sleeps()).toEqual([]);
  mono += 10_000;
  await tree.write('proc/uptime', '720.00 99.00\n');
  const slept = [{ from: '2026-03-02T14:50:00.010Z', until: '2026-03-02T15:00:00.000Z' }];
  expect(await sleeps()).toEqual(slept);
  expect(await sleeps()).toEqual(slept);
});

test('established connections have both their ends', async () => {
  await using tree = await emptyTree();
  const line = '0: 010200C0:170C 097100CB:C000 01 00000000:00000000 00:00000000 00000000 0 0 777 1';
  await tree.write(
    'proc/net/tcp',
    `title\n${line}\n1: 00000000:170C 00000000:0000 0A 0:0 0:0 0 0 0 778 1\nrubbish 01\n`,
  );
  expect(await systemHost({ root: tree.root }).connections()).toEqual([
    { address: '192.0.2.1', port: 5900, peer: '203.0.113.9', peerPort: 49_152, socket: '777' },
  ]);
  expect(await recorded('laptop').connections()).toEqual(expect.any(Array));
});
