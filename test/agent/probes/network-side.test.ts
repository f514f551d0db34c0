import { expect, test } from 'vitest';
import { systemHost } from '../../../agent/host/system-host.ts';
import { listenerProbe } from '../../../agent/probes/listener.ts';
import { networkProbe } from '../../../agent/probes/network.ts';
import { tunnelProbe } from '../../../agent/probes/tunnel.ts';
import { contextOf, emptyTree, factsOf, keyedHash, recorded, type Tree } from '../world.ts';

const GATEWAY = '00:00:5e:00:53:0a';

async function addInterface(
  tree: Tree,
  name: string,
  { type = 1, flags = '0x1003', uevent = `INTERFACE=${name}\nIFINDEX=9\n`, files = [] as readonly string[] },
): Promise<void> {
  await tree.write(`sys/class/net/${name}/type`, `${type}\n`);
  await tree.write(`sys/class/net/${name}/flags`, `${flags}\n`);
  await tree.write(`sys/class/net/${name}/uevent`, uevent);
  for (const file of files) await tree.write(`sys/class/net/${name}/${file}`, '0x1\n');
}

test('watched ports are told when others can reach them', async () => {
  expect(await factsOf(listenerProbe, contextOf(recorded('laptop')))).toEqual([
    { kind: 'listener', proto: 'tcp', port: 7070, scope: 'any', tool: 'anydesk' },
    { kind: 'listener', proto: 'tcp', port: 3389, scope: 'any' },
    { kind: 'listener', proto: 'tcp', port: 5900, scope: 'any' },
    { kind: 'listener', proto: 'udp', port: 50_902, scope: 'any' },
  ]);
});

test('a port that is bound to a private address reaches the local network only', async () => {
  await using tree = await emptyTree();
  await tree.write('proc/net/tcp', 'title\n 0: 0500000A:0D3D 00000000:0000 0A 0:0 0:0 0 0 0 77 1\n');
  expect(await factsOf(listenerProbe, contextOf(systemHost({ root: tree.root })))).toEqual([
    { kind: 'listener', proto: 'tcp', port: 3389, scope: 'lan' },
  ]);
});

test('a tunnel with routes of its own is split', async () => {
  expect(await factsOf(tunnelProbe, contextOf(recorded('vpn-split')))).toEqual([
    { kind: 'tunnel', interface: 'tun0', type: 'tun', tool: 'example-vpn', routes: 'split', dns: false },
  ]);
});

test('both halves of the address space through a tunnel are all of it, and its name server is inside', async () => {
  expect(await factsOf(tunnelProbe, contextOf(recorded('vpn-halves')))).toEqual([
    { kind: 'tunnel', interface: 'tun0', type: 'tun', tool: 'example-vpn', routes: 'full', dns: true },
  ]);
});

test('a default route in a table of policy routing is that of the only tunnel, and a resolver can be its own', async () => {
  expect(await factsOf(tunnelProbe, contextOf(recorded('vpn-policy')))).toEqual([
    { kind: 'tunnel', interface: 'tun0', type: 'tun', tool: 'example-vpn', routes: 'full', dns: true },
  ]);
});

test('an IPv6 default route through a tunnel is all of it, whatever its table', async () => {
  await using tree = await emptyTree();
  await addInterface(tree, 'wg9', { type: 65_534, uevent: 'DEVTYPE=wireguard\nINTERFACE=wg9\nIFINDEX=9\n' });
  const zeros = '0'.repeat(32);
  await tree.write(
    'proc/net/ipv6_route',
    [
      `${zeros} 00 ${zeros} 00 fd000000000000000000000000000001 00000064 00000002 00000000 00000003 eth0`,
      `${zeros} 00 ${zeros} 00 ${zeros} 00000400 00000001 00000000 00000001 wg9`,
    ].join('\n'),
  );
  expect(await factsOf(tunnelProbe, contextOf(systemHost({ root: tree.root })))).toMatchObject([
    { routes: 'full' },
  ]);
});

test('a default route through a tunnel that another one wins over is not all of it', async () => {
  await using tree = await emptyTree();
  await addInterface(tree, 'ppp0', { type: 512 });
  await tree.write(
    'proc/net/route',
    'title\neth0 00000000 010200C0 0003 0 0 100 00000000\nppp0 00000000 00000000 0001 0 0 700 00000000\n',
  );
  expect(await factsOf(tunnelProbe, contextOf(systemHost({ root: tree.root })))).toMatchObject([
    { routes: 'split' },
  ]);
});

test.each([
  ['wg9', { type: 65_534, uevent: 'DEVTYPE=wireguard\nINTERFACE=wg9\nIFINDEX=9\n' }, 'wireguard'],
  ['ppp0', { type: 512 }, 'ppp'],
  ['ipsec0', { type: 65_534 }, 'ipsec'],
  ['gre1', { type: 778 }, 'other'],
] as const)('%s is a tunnel by its type', async (name, marks, type) => {
  await using tree = await emptyTree();
  await addInterface(tree, name, marks);
  expect(await factsOf(tunnelProbe, contextOf(systemHost({ root: tree.root })))).toEqual([
    { kind: 'tunnel', interface: name, type, routes: 'none', dns: false },
  ]);
});

test.each([
  ['a tunnel that is down', 'tun9', { type: 65_534, flags: '0x1002', files: ['tun_flags'] }],
  ['the tap of a virtual machine', 'vnet0', { files: ['tun_flags', 'master/ifindex'] }],
  ['a modem without link layer', 'wwan0', { type: 65_534, files: ['device/vendor'] }],
  ['a bridge', 'br0', {}],
] as const)('%s is no tunnel', async (_title, name, marks) => {
  await using tree = await emptyTree();
  await addInterface(tree, name, marks);
  expect(await factsOf(tunnelProbe, contextOf(systemHost({ root: tree.root })))).toEqual([]);
});

test('the network is told by interface, hashed gateway, medium and prefix, and the tunnel is not one', async () => {
  expect(await factsOf(networkProbe, contextOf(recorded('vpn-halves')))).toEqual([
    {
      kind: 'network',
      interface: 'wlan0',
      gateway: keyedHash(`gateway ${GATEWAY}`),
      medium: 'wireless',
      prefix: '192.0.2.0/24',
    },
  ]);
});

async function wiredNetwork(tree: Tree, mac: string): Promise<void> {
  await addInterface(tree, 'eth0', { files: ['device/vendor'] });
  await tree.write(
    'proc/net/route',
    'title\neth0 00000000 010200C0 0003 0 0 100 00000000\neth0 000200C0 00000000 0001 0 0 100 00FFFFFF\n',
  );
  await tree.write('proc/net/arp', `title\n192.0.2.1 0x1 0x2 ${mac} * eth0\n`);
}

test.each([
  ['nobody', '00:00:00:00:00:00'],
  ['VRRP', '00:00:5e:00:01:2a'],
  ['HSRP', '00:00:0c:07:ac:01'],
  ['HSRP 2', '00:00:0c:9f:f0:01'],
  ['a hypervisor', '00:50:56:aa:bb:cc'],
  ['software', '02:42:ac:11:00:01'],
])('a gateway address made up by %s is left out', async (_by, mac) => {
  await using tree = await emptyTree();
  await wiredNetwork(tree, mac);
  expect(await factsOf(networkProbe, contextOf(systemHost({ root: tree.root })))).toEqual([
    { kind: 'network', interface: 'eth0', medium: 'wired', prefix: '192.0.2.0/24' },
  ]);
});

test('a gateway stays the same while the system has forgotten its address for a moment', async () => {
  await using tree = await emptyTree();
  await wiredNetwork(tree, GATEWAY);
  const host = systemHost({ root: tree.root });
  const before = await factsOf(networkProbe, contextOf(host));
  await tree.write('proc/net/arp', 'title\n192.0.2.1 0x1 0x0 00:00:00:00:00:00 * eth0\n');
  expect(await factsOf(networkProbe, contextOf(host))).toEqual(before);
  expect(before).toMatchObject([{ gateway: keyedHash(`gateway ${GATEWAY}`) }]);
});

test('a machine without a default route is on no network', async () => {
  await using tree = await emptyTree();
  await addInterface(tree, 'eth0', { files: ['device/vendor'] });
  expect(await factsOf(networkProbe, contextOf(systemHost({ root: tree.root })))).toEqual([]);
});
