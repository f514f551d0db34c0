import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAC_COMMANDS } from '../../../agent/host/macos/commands.ts';
import { macosHost } from '../../../agent/host/macos/macos-host.ts';
import { processReader } from '../../../agent/host/macos/processes.ts';
import { CodedError } from '../../../shared/errors.ts';
import { emptyTree } from '../world.ts';
import { fixture, type MacCommand, macMachine } from './mac-machine.ts';

const { host: laptop } = macMachine();

test('every program on the list is one of the system, with arguments that nobody can add to', () => {
  for (const { path, args, timeoutMs, maxBytes } of Object.values(MAC_COMMANDS)) {
    expect(path).toMatch(/^\/(?:usr\/)?s?bin\/[a-z_]+$/);
    expect(args.join(' ')).not.toMatch(/[$`;|<>]/);
    expect(timeoutMs).toBeLessThanOrEqual(8_000);
    expect(maxBytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  }
});

test('processes have the name of their program, whose path may hold blanks, and the dead have none', async () => {
  expect((await laptop.processes()).map(({ pid, names }) => [pid, ...names])).toEqual([
    [1, 'launchd'],
    [101, 'logd'],
    [312, 'loginwindow'],
    [402, 'screensharingd'],
    [510, 'zsh'],
    [611, 'AnyDesk'],
    [612, 'Example Remote Helper'],
    [801, 'sshd'],
  ]);
});

test('an unchanged process is the same object in the next round, and a changed one another', async () => {
  let text = fixture('laptop', 'processes');
  const read = processReader(async () => text);
  const before = await read();
  text = text.replace('/usr/libexec/logd', '/opt/other');
  const after = await read();
  expect(after[0]).toBe(before[0]);
  expect(after[1]).toEqual({ pid: 101, names: ['other'] });
});

test('probes that ask at the same time share one answer', async () => {
  const { host, started } = macMachine();
  await Promise.all([host.processes(), host.processes(), host.listeners(), host.connections()]);
  expect(started.sort()).toEqual(['processes', 'tcp', 'udp']);
});

test('of 6,000 processes, 5,000 are told', async () => {
  const lines = Array.from({ length: 6_000 }, (_, index) => `${index + 1} /bin/program-${index}\n`);
  expect(await macMachine({ prints: { processes: lines.join('') } }).host.processes()).toHaveLength(5_000);
});

test('only listening TCP sockets and unconnected UDP sockets are listeners', async () => {
  const found = (await laptop.listeners()).map(({ proto, address, port }) => `${proto} ${address} ${port}`);
  expect(found).toEqual([
    'tcp :: 5900',
    'tcp 0.0.0.0 7070',
    'tcp 0.0.0.0 22',
    'tcp :: 22',
    'tcp 127.0.0.1 5901',
    'tcp fe80::1 3389',
    'udp 0.0.0.0 5353',
    'udp :: 5353',
    'udp 192.0.2.10 50902',
  ]);
});

test('only established TCP connections are connections', async () => {
  const found = (await laptop.connections()).map(
    ({ address, port, peer, peerPort }) => `${address} ${port} ${peer} ${peerPort}`,
  );
  expect(found).toEqual([
    '192.0.2.10 22 203.0.113.9 51234',
    '192.0.2.10 52001 198.51.100.7 443',
    '2001:db8::10 52003 2001:db8:ffff:ffff:ffff:ffff:ffff:1 7070',
  ]);
});

test('owners of listeners and connections are found, the program before launchd, which holds the socket for it', async () => {
  const { host } = macMachine();
  const listeners = await host.ownersOf(await host.listeners());
  expect([...listeners].map(([{ proto, port }, { names }]) => [proto, port, names[0]])).toEqual([
    ['tcp', 5900, 'screensharingd'],
    ['tcp', 7070, 'AnyDesk'],
    ['tcp', 22, 'launchd'],
    ['tcp', 22, 'launchd'],
    ['udp', 50902, 'AnyDesk'],
  ]);
  const connections = await host.ownersOf(await host.connections());
  expect([...connections].map(([{ peer }, { names }]) => [peer, names[0]])).toEqual([
    ['203.0.113.9', 'sshd'],
    ['2001:db8:ffff:ffff:ffff:ffff:ffff:1', 'AnyDesk'],
  ]);
});

test('lsof is started for new sockets only', async () => {
  const { host, started } = macMachine();
  const listeners = await host.listeners();
  await host.ownersOf(listeners);
  const again = await host.ownersOf(listeners);
  expect(again.size).toBe(5);
  expect(started.filter((name) => name === 'openSockets')).toHaveLength(1);
});

test('interfaces have their kinds, and idle tunnels of the system are none', async () => {
  const found = (await laptop.interfaces()).map(({ name, index, kind, up, enslaved }) =>
    [name, index, kind, up ? 'up' : 'down', ...(enslaved ? ['enslaved'] : [])].join(' '),
  );
  expect(found).toEqual([
    'lo0 1 loopback up',
    'gif0 2 tunnel down',
    'stf0 3 tunnel down',
    'en1 4 ethernet up enslaved',
    'en0 5 wireless up',
    'en7 9 ethernet up',
    'awdl0 6 virtual up',
    'bridge0 7 virtual up',
    'utun0 10 virtual up',
    'utun1 11 virtual up',
  ]);
});

test('a utun counts with an IPv4 address, and without one when it has a default route or half of one', async () => {
  const kindsOf = async (routes: string, interfaces?: string) => {
    const all = await macMachine({
      prints: { routes, ...(interfaces ? { interfaces } : {}) },
    }).host.interfaces();
    return all.filter(({ kind }) => kind === 'tun').map(({ name }) => name);
  };
  const routes = fixture('laptop', 'routes');
  const withRoute = (line: string) => routes.replace('\nInternet6:', `${line}\n\nInternet6:`);
  expect(await kindsOf(routes)).toEqual([]);
  expect(await kindsOf(withRoute('default link#10 UCSg 0 0 1500 utun0'))).toEqual(['utun0']);
  expect(await kindsOf(withRoute('128.0/1 link#11 USc 0 0 1500 utun1'))).toEqual(['utun1']);
  expect(await kindsOf(withRoute('10.9/16 link#11 USc 0 0 1500 utun1'))).toEqual([]);
  const addressed = fixture('laptop', 'interfaces').replace(
    '\tinet6 fe80::1111:2222:3333:5555',
    '\tinet 10.9.0.1 --> 10.9.0.2 netmask 0xffffff00\n\tinet6 fe80::1111:2222:3333:5555',
  );
  expect(await kindsOf(routes, addressed)).toEqual(['utun1']);
});

test('the index of an interface is read from its scope where it is not written out', async () => {
  const interfaces =
    'utun0: flags=8051<UP,POINTOPOINT> mtu 1380\n\tinet6 fe80::1%utun0 prefixlen 64 scopeid 0xb \n';
  const [found] = await macMachine({ prints: { interfaces } }).host.interfaces();
  expect(found?.index).toBe(11);
});

test('routes are those that somebody set, without neighbors, multicast and the unused ones of idle tunnels', async () => {
  const { list, policyDefault } = await laptop.routes();
  expect(policyDefault).toBe(false);
  expect(list).toEqual([
    { interface: 'en0', family: 4, destination: '0.0.0.0', prefixLength: 0, gateway: '192.0.2.1', metric: 0 },
    { interface: 'en0', family: 4, destination: '169.254.0.0', prefixLength: 16, metric: 0 },
    { interface: 'en0', family: 4, destination: '192.0.2.0', prefixLength: 24, metric: 0 },
    { interface: 'en0', family: 6, destination: '2001:db8::', prefixLength: 64, metric: 0 },
  ]);
});

test('below a full tunnel, the default route of the network itself is the second one', async () => {
  const { list } = await macMachine({ state: 'vpn-full' }).host.routes();
  expect(list.filter(({ prefixLength }) => prefixLength === 0)).toEqual([
    { interface: 'utun4', family: 4, destination: '0.0.0.0', prefixLength: 0, metric: 0 },
    { interface: 'en0', family: 4, destination: '0.0.0.0', prefixLength: 0, gateway: '192.0.2.1', metric: 1 },
  ]);
});

test('routes are found by the titles of their columns, of which older systems have fewer', async () => {
  const routes =
    'Routing tables\n\nInternet:\nDestination        Gateway            Flags           Netif Expire\ndefault            192.0.2.1          UGScg             en0       \n10.8/16            192.0.2.9          UGSc              en0       \n';
  const { list } = await macMachine({ prints: { routes } }).host.routes();
  expect(
    list.map(({ destination, prefixLength, interface: name }) => [destination, prefixLength, name]),
  ).toEqual([
    ['0.0.0.0', 0, 'en0'],
    ['10.8.0.0', 16, 'en0'],
  ]);
});

test('neighbors have whole hardware addresses; groups and the unknown are left out', async () => {
  expect(await laptop.neighbors()).toEqual([{ ip: '192.0.2.1', mac: '00:00:5e:00:53:01', interface: 'en0' }]);
});

test('name servers are those that everybody asks, with their interface', async () => {
  expect(await laptop.nameServers()).toEqual([
    { ip: '192.0.2.1', interfaceIndex: 5 },
    { ip: '2001:db8::53', interfaceIndex: 5 },
  ]);
  expect(await macMachine({ state: 'vpn-full' }).host.nameServers()).toEqual([
    { ip: '198.51.100.1', interfaceIndex: 20 },
    { ip: '203.0.113.53' },
  ]);
});

test('without a network there is no name server', async () => {
  const { host } = macMachine({ prints: { nameServers: 'No DNS configuration available\n' } });
  expect(await host.nameServers()).toEqual([]);
});

test('proxies that are switched on are told, of a script its place', async () => {
  expect(await laptop.proxies()).toEqual([
    { scheme: 'https', host: 'proxy.example.com', port: 8080 },
    { scheme: 'socks', host: '127.0.0.1', port: 1080 },
    { scheme: 'pac', host: 'config.example.com', port: 443 },
  ]);
});

test('receipts are packages', async () => {
  expect(await laptop.packages()).toContainEqual({ name: 'com.philandro.anydesk' });
});

test('for root, loaded jobs are services, and opened programs and jobs of the system alone are not', async () => {
  const { host, started } = macMachine({ isRoot: true });
  expect(await host.services()).toEqual([
    { name: 'com.apple.SafariHistoryServiceAgent', enabled: true },
    { name: 'com.example.remote.agent', enabled: true },
    { name: 'com.example.stopped', enabled: true },
  ]);
  expect(started).not.toContain('systemJobs');
});

test('for an ordinary account, its own jobs do not start with the system, those of the system do', async () => {
  const { host } = macMachine({ isRoot: false });
  expect(await host.services()).toEqual([
    { name: 'com.apple.SafariHistoryServiceAgent', enabled: false },
    { name: 'com.example.remote.agent', enabled: true },
    { name: 'com.example.stopped', enabled: false },
    { name: 'com.apple.lskdd', enabled: true },
    { name: 'com.apple.screensharing', enabled: true },
    { name: 'com.example.remote.daemon', enabled: true },
  ]);
});

test('a path in a home folder is looked for in every home and answered without the name of any', async () => {
  await using tree = await emptyTree();
  await tree.write('Users/ada/Library/Example/settings', '');
  await tree.write('Users/Shared/.hidden-example', '');
  await tree.write('Applications/Example Remote.app/Contents/Info.plist', '');
  const { host } = macMachine({ root: tree.root });
  const asked = [
    '~/Library/Example',
    '~/.hidden-example',
    '/Applications/Example Remote.app',
    '/Applications/Absent.app',
  ];
  expect(await host.existing(asked)).toEqual(['~/Library/Example', '/Applications/Example Remote.app']);
});

test('the time zone is the linked one', async () => {
  await using tree = await emptyTree();
  await tree.link('etc/localtime', '/var/db/timezone/zoneinfo/America/Chicago');
  expect(await macMachine({ root: tree.root }).host.clock()).toEqual({ timezone: 'America/Chicago' });
});

test('a laptop is told by the name of the product', async () => {
  expect(await laptop.machine()).toEqual({
    name: 'macOS',
    version: '14.4.1',
    arch: process.arch,
    chassis: 'laptop',
    serial: 'EXMAC00042',
    bootedAt: '2026-03-02T14:00:00.123Z',
  });
  expect(await laptop.bootId()).toBe('11111111-2222-3333-4444-5555aaaabbbb');
});

test.each([
  ['VirtualMac2,1', '1', 'apple'],
  ['VMware20,1', '0', 'vmware'],
  ['Parallels-ARM', '1', 'parallels'],
  ['Mac14,2', '1', 'unnamed'],
])('%s with hypervisor flag %s is a virtual machine', async (model, flag, virtual) => {
  const kernel = fixture('laptop', 'kernel')
    .replace('Mac14,2', model)
    .replace('hv_vmm_present: 0', `hv_vmm_present: ${flag}`);
  expect(await macMachine({ prints: { kernel } }).host.machine()).toMatchObject({
    chassis: 'virtual',
    virtual,
  });
});

test('a board without a serial number gives none', async () => {
  const hardware = fixture('laptop', 'hardware').replace('EXMAC00042', 'Not Available');
  expect(await macMachine({ prints: { hardware } }).host.machine()).not.toHaveProperty('serial');
});

test('system_profiler is started once an hour at most, and again after it failed', async () => {
  const { host, prints, started } = macMachine({
    prints: { hardware: new CodedError('PROBE_FAILED', { reason: 'did not end in time' }) },
  });
  await expect(host.machine()).rejects.toMatchObject({ code: 'PROBE_FAILED' });
  delete prints.hardware;
  await host.machine();
  await host.machine();
  expect(started.filter((name) => name === 'hardware')).toHaveLength(2);
});

test('the last sleep is told once, and none where the machine never slept', async () => {
  const { host } = macMachine();
  const slept = [{ from: '2026-03-02T15:00:00.000Z', until: '2026-03-02T16:00:00.500Z' }];
  expect(await host.sleeps()).toEqual(slept);
  expect(await host.sleeps()).toEqual(slept);
  const kernel = fixture('laptop', 'kernel').replace(
    /sec = 17724(?:636|672)00, usec = \d+/g,
    'sec = 0, usec = 0',
  );
  expect(await macMachine({ prints: { kernel } }).host.sleeps()).toEqual([]);
});

test('USB devices behind hubs are told once, with their interfaces and report descriptors', async () => {
  const [kvm, mouse, ...others] = await laptop.usbDevices();
  expect(others).toEqual([]);
  expect(kvm).toMatchObject({
    vendorId: '1d6b',
    productId: '0104',
    manufacturer: 'Example & Sons',
    product: 'Example <KVM>',
    serial: 'EX123',
  });
  expect(
    kvm?.interfaces.map((one) => [one.class, one.subclass, one.protocol, hex(one.reportDescriptor)]),
  ).toEqual([
    [3, 1, 1, '05010906a101c0'],
    [3, 0, 0, '05010902a10109300931150026ff7f751095028102c0'],
    [8, 6, 80, ''],
  ]);
  expect(mouse).toMatchObject({ vendorId: '046d', productId: 'c077', manufacturer: 'Example' });
});

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}

test('screens of Intel machines give their own block', async () => {
  const screens = `<plist version="1.0"><array><dict><key>IOObjectClass</key><string>AppleBacklightDisplay</string>
    <key>IODisplayEDID</key><data>AP///////wA=</data></dict></array></plist>\n`;
  const [found] = await macMachine({ prints: { screens, framebuffers: '' } }).host.monitors();
  expect(found?.builtIn).toBe(true);
  expect(hex(found?.edid)).toBe('00ffffffffffff00');
});

test('screens of other machines give a block with what the system decoded, and its sum is right', async () => {
  const [panel, external, ...others] = await laptop.monitors();
  expect([panel?.builtIn, external?.builtIn, others.length]).toEqual([true, false, 0]);
  const edid = Buffer.from(external?.edid ?? []);
  expect(edid).toHaveLength(128);
  expect(edid.subarray(0, 20).toString('hex')).toBe('00ffffffffffff0017013412efbeadde1e1e0104');
  expect(edid.toString('latin1', 59, 72)).toBe('EX2720 Exampl');
  expect(edid.toString('latin1', 77, 90)).toBe('EXSER0042\n   ');
  expect(edid.reduce((sum, byte) => sum + byte, 0) % 256).toBe(0);
});

test('idle time and the lock of the person at the screen are read, and no name', async () => {
  expect(await laptop.presence()).toEqual({ idleMs: 61_500, locked: true });
  const unlocked = fixture('laptop', 'console').replace(
    '<key>CGSSessionScreenIsLocked</key>',
    '<key>Other</key>',
  );
  expect(await macMachine({ prints: { console: unlocked } }).host.presence()).toMatchObject({
    locked: false,
  });
  const { host } = macMachine({ prints: { console: '' } });
  expect(await host.presence()).toEqual({ idleMs: 61_500 });
});

const ASKS = {
  processes: (host) => host.processes(),
  tcp: (host) => host.listeners(),
  udp: (host) => host.listeners(),
  routes: (host) => host.routes(),
  interfaces: (host) => host.interfaces(),
  neighbors: (host) => host.neighbors(),
  nameServers: (host) => host.nameServers(),
  proxies: (host) => host.proxies(),
  logins: (host) => host.logins(),
  receipts: (host) => host.packages(),
  ownJobs: (host) => host.services(),
  systemJobs: (host) => host.services(),
  kernel: (host) => host.bootId(),
  hardware: (host) => host.machine(),
  usb: (host) => host.usbDevices(),
  framebuffers: (host) => host.monitors(),
  input: (host) => host.presence(),
} as const satisfies Partial<Record<MacCommand, (host: typeof laptop) => Promise<unknown>>>;
const asks = Object.entries(ASKS) as [keyof typeof ASKS, (host: typeof laptop) => Promise<unknown>][];

test.each(asks)(
  '%s: garbage, and output that was cut off, is a failure and not an empty machine',
  async (name, ask) => {
    const whole = fixture('laptop', name);
    const garbage = [
      '\u0000\u0001\u0002\n',
      'Usage: something else\n',
      '{"other":[]}\n',
      whole.slice(0, whole.length >> 1).trimEnd(),
    ];
    for (const text of garbage) {
      const { host } = macMachine({ isRoot: false, prints: { [name]: text } });
      await expect(ask(host), text.slice(-80)).rejects.toMatchObject({ code: 'PROBE_FAILED' });
    }
  },
);

test.each(asks)('%s: too much, and a program that is not there, are told as such', async (name, ask) => {
  const tooMuch = macMachine({ isRoot: false, prints: { [name]: 'x'.repeat(9 * 1024 * 1024) } });
  await expect(ask(tooMuch.host)).rejects.toMatchObject({ code: 'PROBE_FAILED' });
  const missing = macMachine({ isRoot: false, prints: { [name]: new CodedError('PROBE_UNSUPPORTED') } });
  await expect(ask(missing.host)).rejects.toMatchObject({ code: 'PROBE_UNSUPPORTED' });
});

test.each(asks)(
  '%s: whatever is cut out of it or put into it, the answer is one or a coded failure',
  async (name, ask) => {
    const whole = fixture('laptop', name);
    const place = fc.nat(whole.length);
    await fc.assert(
      fc.asyncProperty(place, place, fc.string({ unit: 'binary' }), async (from, until, junk) => {
        const text = `${whole.slice(0, Math.min(from, until))}${junk}${whole.slice(Math.max(from, until))}`;
        const outcome = await ask(macMachine({ isRoot: false, prints: { [name]: text } }).host).catch(
          (thrown: unknown) => thrown,
        );
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(CodedError);
      }),
      { numRuns: 25 },
    );
  },
);

test('where the programs of macOS are missing, as here, every answer from them is unsupported', async () => {
  const host = macosHost({ root: '/nowhere' });
  await expect(host.nameServers()).rejects.toMatchObject({ code: 'PROBE_UNSUPPORTED' });
  await expect(host.machine()).rejects.toMatchObject({ code: 'PROBE_UNSUPPORTED' });
});

test('parts of browsers are asked for where browsers of macOS keep them', async () => {
  await using tree = await emptyTree();
  const extension = { by: 'extension', id: 'a'.repeat(32) } as const;
  const nativeHost = { by: 'native-host', id: 'com.example.host' } as const;
  const ofAll = { by: 'native-host', id: 'com.example.all' } as const;
  const chrome = 'Users/ada/Library/Application Support/Google/Chrome';
  await tree.write(`${chrome}/Profile 2/Extensions/${extension.id}/1.0/manifest.json`, '');
  await tree.write(`${chrome}/NativeMessagingHosts/com.example.host.json`, '');
  await tree.write('Library/Google/Chrome/NativeMessagingHosts/com.example.all.json', '');
  const { host } = macMachine({ root: tree.root });
  const absent = { by: 'extension', id: 'b'.repeat(32) } as const;
  expect(await host.browserParts([extension, nativeHost, ofAll, absent])).toEqual([
    extension,
    nativeHost,
    ofAll,
  ]);
});
