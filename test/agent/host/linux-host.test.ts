import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { systemHost } from '../../../agent/host/system-host.ts';
import { CodedError } from '../../../shared/errors.ts';
import { emptyTree, recorded } from '../world.ts';

const laptop = recorded('laptop');

test('processes have the names of their executable, of their first argument and of the kernel, and nothing else', async () => {
  const found = new Map((await laptop.processes()).map(({ pid, names }) => [pid, names]));
  expect(found.get(310)).toEqual(['anydesk']);
  expect(found.get(311)).toEqual(['python3.11', 'python3']);
  expect(found.get(312)).toEqual(['.relay-wrapped', 'example-relay']);
  expect(JSON.stringify([...found])).not.toMatch(/secret|splash|tunnel/);
});

test('kernel threads are no processes of people', async () => {
  expect((await laptop.processes()).map(({ pid }) => pid)).not.toContain(2);
});

test('only listening TCP sockets and unconnected UDP sockets are listeners', async () => {
  const found = (await laptop.listeners()).map(({ proto, address, port }) => `${proto} ${address} ${port}`);
  expect(found).toEqual([
    'tcp 0.0.0.0 7070',
    'tcp 127.0.0.1 5901',
    'tcp 192.0.2.23 3389',
    'tcp ::1 3389',
    'tcp 2001:db8::1 5900',
    'udp 0.0.0.0 50902',
  ]);
});

test('the owner of a socket is found, and an owner that cannot be seen is none', async () => {
  const listeners = await laptop.listeners();
  const owners = await laptop.ownersOf(listeners);
  expect([...owners].map(([{ port }, { pid }]) => [port, pid])).toEqual([[7070, 310]]);
});

test('only installed packages are told, whatever a description says', async () => {
  expect(await laptop.packages()).toEqual([
    { name: 'anydesk', version: '6.3.2-1' },
    { name: 'bash', version: '5.2-1' },
  ]);
});

test('packages are read again when the database changes', async () => {
  await using tree = await emptyTree();
  const host = systemHost({ root: tree.root });
  expect(await host.packages()).toEqual([]);
  await tree.write('var/lib/dpkg/status', 'Package: one\nStatus: install ok installed\n');
  expect(await host.packages()).toEqual([{ name: 'one' }]);
});

test('packages of pacman, Flatpak and snap are told', async () => {
  await using tree = await emptyTree();
  await tree.write('var/lib/pacman/local/example-remote-1.2.3-1/desc', '');
  await tree.write('var/lib/flatpak/app/com.example.Remote/current', '');
  await tree.write('var/lib/snapd/snaps/example-vpn_12.snap', '');
  await tree.write('var/lib/snapd/snaps/example-vpn_13.snap', '');
  expect(await systemHost({ root: tree.root }).packages()).toEqual([
    { name: 'example-remote', version: '1.2.3-1' },
    { name: 'com.example.Remote' },
    { name: 'example-vpn' },
  ]);
});

test('services tell whether they start with the system, and masked ones are not there', async () => {
  expect(await laptop.services()).toEqual([
    { name: 'anydesk', enabled: true },
    { name: 'example-agent', enabled: false },
  ]);
});

test('a path in a home folder is looked for in every home and answered without the name of any', async () => {
  const asked = ['~/.example-relay', '/opt/example-remote', '/opt/absent', '~/.absent'];
  expect(await laptop.existing(asked)).toEqual(['~/.example-relay', '/opt/example-remote']);
});

test('the linked time zone goes before the written one', async () => {
  expect(await laptop.clock()).toEqual({ timezone: 'America/Chicago', synchronized: true });
});

test('a clock without a known synchronization service says nothing of it', async () => {
  await using tree = await emptyTree();
  await tree.write('etc/timezone', 'Asia/Tokyo\n');
  expect(await systemHost({ root: tree.root }).clock()).toEqual({ timezone: 'Asia/Tokyo' });
});

test('a nonsense time zone is passed over', async () => {
  await using tree = await emptyTree();
  await tree.link('etc/localtime', '/usr/share/zoneinfo/Nowhere/Atall');
  await tree.write('etc/timezone', 'Asia/Tokyo\n');
  expect((await systemHost({ root: tree.root }).clock()).timezone).toBe('Asia/Tokyo');
});

test('a laptop is told by its tables', async () => {
  expect(await laptop.machine()).toEqual({
    name: 'Example "Linux"',
    version: '12',
    arch: process.arch,
    chassis: 'laptop',
    serial: 'EX-0042',
    bootedAt: '2026-03-02T14:00:00.000Z',
  });
});

test.each([
  ['QEMU', 'Standard PC (Q35 + ICH9, 2009)', 'qemu'],
  ['VMware, Inc.', 'VMware20,1', 'vmware'],
  ['innotek GmbH', 'VirtualBox', 'virtualbox'],
  ['Microsoft Corporation', 'Virtual Machine', 'hyper-v'],
  ['Parallels International GmbH.', 'Parallels ARM Virtual Machine', 'parallels'],
])('%s %s is a virtual machine', async (vendor, product, virtual) => {
  await using tree = await emptyTree();
  await tree.write('proc/stat', 'btime 1772460000\n');
  await tree.write('sys/class/dmi/id/sys_vendor', `${vendor}\n`);
  await tree.write('sys/class/dmi/id/product_name', `${product}\n`);
  expect(await systemHost({ root: tree.root }).machine()).toMatchObject({ chassis: 'virtual', virtual });
});

test('a Microsoft laptop is no virtual machine', async () => {
  await using tree = await emptyTree();
  await tree.write('proc/stat', 'btime 1772460000\n');
  await tree.write('sys/class/dmi/id/sys_vendor', 'Microsoft Corporation\n');
  await tree.write('sys/class/dmi/id/product_name', 'Surface Laptop 5\n');
  await tree.write('sys/class/dmi/id/chassis_type', '9\n');
  expect(await systemHost({ root: tree.root }).machine()).toMatchObject({ chassis: 'laptop' });
});

test('a hypervisor that hides its name is told by the processor', async () => {
  await using tree = await emptyTree();
  await tree.write('proc/stat', 'btime 1772460000\n');
  await tree.write('proc/cpuinfo', 'flags\t\t: fpu hypervisor lahf_lm\n');
  expect(await systemHost({ root: tree.root }).machine()).toMatchObject({
    chassis: 'virtual',
    virtual: 'unnamed',
  });
});

test.each(['To Be Filled By O.E.M.', 'Default string', '00000000', 'None', ''])(
  'a maker who wrote "%s" gave no serial number',
  async (serial) => {
    await using tree = await emptyTree();
    await tree.write('proc/stat', 'btime 1772460000\n');
    await tree.write('sys/class/dmi/id/product_serial', `${serial}\n`);
    expect(await systemHost({ root: tree.root }).machine()).not.toHaveProperty('serial');
  },
);

test('hidden processes of others are a missing right, not an empty machine', async () => {
  await using tree = await emptyTree();
  await tree.write('proc/4242/comm', 'sh\n');
  const answer = systemHost({ root: tree.root }).processes();
  await expect(answer).rejects.toThrow(CodedError);
  await expect(answer).rejects.toMatchObject({ code: 'PROBE_DENIED' });
});

test('a file above the bound fails instead of being cut', async () => {
  await using tree = await emptyTree();
  await tree.write('var/lib/dpkg/status', Buffer.alloc(16 * 1024 * 1024 + 1));
  await expect(systemHost({ root: tree.root }).packages()).rejects.toMatchObject({ code: 'PROBE_FAILED' });
});

test('the boot id is the one of the kernel, and the monotonic clock does not go back', async () => {
  expect(await laptop.bootId()).toBe('11111111-2222-3333-4444-555555555555');
  const first = laptop.mono();
  expect(laptop.mono()).toBeGreaterThanOrEqual(first);
});

test('this machine itself can be read', async () => {
  const host = systemHost();
  expect((await host.processes()).find(({ pid }) => pid === process.pid)?.names).toContain('node');
  expect((await host.interfaces()).find(({ name }) => name === 'lo')?.kind).toBe('loopback');
  const uptime = execFileSync('cat', ['/proc/uptime'], { encoding: 'utf8' });
  expect(host.mono() / 1_000).toBeLessThanOrEqual(Number(uptime.split(' ')[0]) + 1);
});
