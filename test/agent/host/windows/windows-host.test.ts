import { describe, expect, test } from 'vitest';
import { installedParts } from '../../../../agent/host/windows/browser-parts.ts';
import { existingAmong, homesIn } from '../../../../agent/host/windows/installed.ts';
import { machineIn } from '../../../../agent/host/windows/machine.ts';
import { processReader } from '../../../../agent/host/windows/processes.ts';
import { activityProbe } from '../../../../agent/probes/activity.ts';
import { clockProbe } from '../../../../agent/probes/clock.ts';
import { controlProbe } from '../../../../agent/probes/control.ts';
import { listenerProbe } from '../../../../agent/probes/listener.ts';
import { networkProbe } from '../../../../agent/probes/network.ts';
import { peripheralProbe } from '../../../../agent/probes/peripheral.ts';
import { platformProbe } from '../../../../agent/probes/platform.ts';
import { runProbe } from '../../../../agent/probes/run-probe.ts';
import { sessionProbe } from '../../../../agent/probes/session.ts';
import { toolProbe } from '../../../../agent/probes/tool.ts';
import { tunnelProbe } from '../../../../agent/probes/tunnel.ts';
import { matcherOf } from '../../../../shared/catalog/match.ts';
import { CATALOG, contextOf, factsOf, toolOf } from '../../world.ts';
import { documentOf, windowsOf } from './world.ts';

const matcher = matcherOf(
  {
    ...CATALOG,
    tools: [
      toolOf('anydesk', {
        windows: { processes: ['anydesk.exe'], services: ['anydesk'], packages: ['AnyDesk'] },
      }),
    ],
  },
  'windows',
);

describe.each(['english', 'german', 'japanese'] as const)('on a Windows that speaks %s', (language) => {
  const host = windowsOf(language);
  const context = contextOf(host, { matcher });

  test('a watched program runs, is installed and starts alone', async () => {
    expect(await factsOf(toolProbe, context)).toEqual([
      {
        kind: 'tool',
        tool: 'anydesk',
        state: 'running',
        category: 'remote-access',
        signs: [{ by: 'process', name: 'AnyDesk.exe' }],
        version: 'ad 8.0.8',
        unattended: true,
      },
      {
        kind: 'tool',
        tool: 'anydesk',
        state: 'installed',
        category: 'remote-access',
        signs: [
          { by: 'package', name: 'AnyDesk' },
          { by: 'service', name: 'AnyDesk' },
        ],
        version: 'ad 8.0.8',
        unattended: true,
      },
    ]);
  });

  test('open ports are told with the program that opened them', async () => {
    expect(await factsOf(listenerProbe, context)).toEqual([
      { kind: 'listener', proto: 'tcp', port: 3389, scope: 'any' },
      { kind: 'listener', proto: 'tcp', port: 7070, scope: 'any', tool: 'anydesk' },
    ]);
  });

  test('who came back by remote desktop is told with his address and the name of his machine', async () => {
    expect(await factsOf(sessionProbe, context)).toEqual([
      {
        kind: 'session',
        user: 'ada',
        method: 'rdp',
        from: '198.51.100.7',
        startedAt: '2026-03-02T12:00:01.000Z',
        clientName: 'FAR-DESK',
      },
    ]);
  });

  test('logins that came and went are told from where the last answer ended', async () => {
    const { logins, next, lookedAt } = await host.endedLogins('2026-03-02T00:00:00.000Z');
    expect(lookedAt).toBe('2026-03-02T14:00:00.000Z');
    expect(logins).toEqual([
      {
        user: 'ada',
        method: 'console',
        startedAt: '2026-03-01T09:00:00.000Z',
        endedAt: '2026-03-02T07:00:00.500Z',
      },
      {
        user: 'ada',
        method: 'console',
        startedAt: '2026-03-02T08:01:00.100Z',
        endedAt: '2026-03-02T12:00:00.000Z',
      },
      {
        user: 'support',
        method: 'rdp',
        from: '203.0.113.50',
        startedAt: '2026-03-02T13:00:00.000Z',
        endedAt: '2026-03-02T13:10:00.000Z',
      },
    ]);
    expect(await host.endedLogins(next)).toEqual({ logins: [], next, lookedAt });
  });

  test('both halves through WireGuard are a full tunnel, and one that Windows dialed is none by its own address', async () => {
    const facts = await factsOf(tunnelProbe, context);
    expect(facts).toMatchObject([
      { interface: 'wg-example', type: 'wireguard', routes: 'full', dns: true },
      { type: 'ppp', routes: 'none', dns: false },
    ]);
  });

  test('interfaces are those that speak IP, without filters, miniports and what Windows keeps for IPv6', async () => {
    const found = (await host.interfaces()).map(({ index, kind, up }) => [index, kind, up]);
    expect(found).toEqual([
      [12, 'wireless', true],
      [7, 'ethernet', false],
      [21, 'wireguard', true],
      [22, 'tap', false],
      [23, 'virtual', true],
      [1, 'loopback', true],
      [40, 'ppp', true],
    ]);
  });

  test('the network is the one with the gateway', async () => {
    expect(await factsOf(networkProbe, context)).toEqual([
      {
        kind: 'network',
        interface: language === 'german' ? 'WLAN' : 'Wi-Fi',
        gateway: context.keyedHash('gateway 00:00:5e:00:53:01'),
        medium: 'wireless',
        prefix: '192.0.2.0/24',
      },
    ]);
  });

  test('the machine is a laptop with its serial number and the time of its boot', async () => {
    expect(await factsOf(platformProbe, context)).toEqual([
      {
        kind: 'platform',
        os: 'windows',
        name: 'Windows 11 Professional',
        version: '10.0.22631.4317',
        arch: process.arch,
        chassis: 'laptop',
        serial: context.keyedHash('serial EX-0042'),
        bootedAt: '2026-03-02T07:00:00.500Z',
      },
    ]);
    expect(await host.bootId()).toBe('boot 212');
  });

  test('the clock follows a time service', async () => {
    const timezone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(await factsOf(clockProbe, context)).toMatchObject([{ timezone, synchronized: true }]);
  });

  test('established connections have their owner, without the zone of an address', async () => {
    const connections = await host.connections();
    const owners = await host.ownersOf(connections);
    expect(connections.map((one) => [one.peer, one.peerPort, owners.get(one)?.names[0]])).toEqual([
      ['198.51.100.7', 50_123, 'svchost.exe'],
      ['fe80::2', 7070, 'AnyDesk.exe'],
    ]);
  });

  test('a device with several functions is one, with the class of each', async () => {
    expect(await host.usbDevices()).toEqual([
      {
        vendorId: '1d6b',
        productId: '0104',
        product: 'Composite KVM Device',
        serial: 'CAFEBABE01',
        interfaces: [
          { class: 3, subclass: 1, protocol: 1 },
          { class: 3, subclass: 0, protocol: 0 },
          { class: 8, subclass: 6, protocol: 0x50 },
        ],
      },
      {
        vendorId: '046d',
        productId: 'c534',
        product: 'USB Receiver',
        interfaces: [{ class: 3, subclass: 1, protocol: 2 }],
      },
    ]);
  });

  test('monitors are those with an EDID, and the panel is known', async () => {
    const monitors = await host.monitors();
    expect(monitors.map(({ edid, builtIn }) => [edid.length, edid[1], builtIn])).toEqual([
      [128, 255, false],
      [128, 255, true],
    ]);
  });

  test('sleep lasts until the first sign of waking, modern standby too', async () => {
    expect(await host.sleeps()).toEqual([
      { from: '2026-03-01T22:00:00.000Z', until: '2026-03-02T06:00:00.000Z' },
      { from: '2026-03-02T12:30:00.000Z', until: '2026-03-02T12:45:00.000Z' },
    ]);
  });

  test('proxies are those in force, and a script whether or not a server is', async () => {
    expect(await host.proxies()).toEqual([
      { scheme: 'http', host: '192.0.2.8', port: 3128 },
      { scheme: 'socks', host: '127.0.0.1', port: 1080 },
      { scheme: 'pac', host: 'proxy.example.com', port: 443 },
      { scheme: 'http', host: '2001:db8::8', port: 8080 },
    ]);
  });
});

const slow = documentOf('english', 'slow');
const one = (item: object) => ({ items: [item] });

test.each([
  ['Microsoft Corporation', 'Virtual Machine', 'hyper-v'],
  ['VMware, Inc.', 'VMware20,1', 'vmware'],
  ['innotek GmbH', 'VirtualBox', 'virtualbox'],
  ['QEMU', 'Standard PC (Q35 + ICH9, 2009)', 'qemu'],
])('%s %s is a virtual machine', (maker, model, virtual) => {
  const machine = machineIn({ ...slow, maker: one({ maker, model }) }, 'x64');
  expect(machine).toMatchObject({ chassis: 'virtual', virtual });
});

test('a Surface with a hypervisor below its own Windows is a laptop', () => {
  const maker = one({ maker: 'Microsoft Corporation', model: 'Surface Laptop 5', hypervisor: true });
  const machine = machineIn({ ...slow, maker }, 'x64');
  expect(machine.chassis).toBe('laptop');
  expect(machine).not.toHaveProperty('virtual');
});

test('a server, a Windows 10 and a serial number that the maker left blank are told as such', () => {
  const bios = one({ maker: 'Example', serial: 'To Be Filled By O.E.M.' });
  const system = (product: number, version: string) => one({ ...slow.system.items[0], product, version });
  expect(machineIn({ ...slow, bios, system: system(3, '10.0.20348') }, 'x64').name).toMatch(
    /^Windows Server/,
  );
  const ten = machineIn({ ...slow, bios, system: system(1, '10.0.19045') }, 'x64');
  expect(ten.name).toBe('Windows 10 Professional');
  expect(ten).not.toHaveProperty('serial');
});

test('an unchanged process stays the same object, and one that took over its number is another', () => {
  const read = processReader();
  const document = documentOf('english', 'fast');
  const [before] = read(document);
  expect(read(document)[0]).toBe(before);
  document.processes.items[2].started = '2026-03-02T09:00:00.0000000Z';
  expect(read(document)[0]).not.toBe(before);
  expect(read(document)[0]).toEqual(before);
});

test('a path in a home folder is looked for in the homes of people alone', async () => {
  const asked: string[] = [];
  const found = await existingAmong(['~/AppData/x', 'C:\\Y'], homesIn(slow), async (path) => {
    asked.push(path);
    return path.includes('grace');
  });
  expect(found).toEqual(['~/AppData/x']);
  expect(asked).toEqual(['C:\\Users\\ada\\AppData\\x', 'C:\\Users\\grace\\AppData\\x', 'C:\\Y']);
});

test('an extension is looked for in every profile there is, and a native host by its registration', async () => {
  const profile = 'C:\\Users\\grace\\AppData\\Local\\Microsoft\\Edge\\User Data\\Profile 2\\Extensions';
  const questions = [
    { by: 'extension', id: 'abcdefghijklmnopabcdefghijklmnop' },
    { by: 'extension', id: 'absent' },
    { by: 'native-host', id: 'com.example.remote_assistance' },
    { by: 'native-host', id: 'com.example.absent' },
  ] as const;
  const there = `${profile}\\abcdefghijklmnopabcdefghijklmnop`;
  const found = await installedParts(slow, questions, async (path) => `${there}\\`.startsWith(`${path}\\`));
  expect(found).toEqual([questions[0], questions[2]]);
});

test('who controls the desktop through a product of its own is told with his address', async () => {
  const { tcp } = documentOf('english', 'fast');
  const guest = {
    state: 5,
    address: '192.0.2.23',
    port: 7070,
    peer: '198.51.100.9',
    peerPort: 50_777,
    pid: 4212,
  };
  const host = windowsOf('english', { fast: { tcp: { items: [...tcp.items, guest] } } });
  expect(await factsOf(controlProbe, contextOf(host, { matcher }))).toEqual([
    { kind: 'control', tool: 'anydesk', peer: '198.51.100.9', relayed: false },
  ]);
});

test('a KVM that plays keyboard and disk is told, an ordinary receiver and a hub are not', async () => {
  const context = contextOf(windowsOf('english'), { matcher });
  expect(await factsOf(peripheralProbe, context)).toMatchObject([
    { vendorId: '1d6b', productId: '0104', interfaces: ['boot-keyboard', 'other', 'storage'] },
  ]);
});

test('when somebody last typed cannot be asked, and is not told as never', async () => {
  expect((await runProbe(activityProbe, contextOf(windowsOf('english')))).health).toBe('unsupported');
});
