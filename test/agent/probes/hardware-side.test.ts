import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemHost } from '../../../agent/host/system-host.ts';
import { displayProbe } from '../../../agent/probes/display.ts';
import { decodeEdid } from '../../../agent/probes/edid.ts';
import { peripheralProbe } from '../../../agent/probes/peripheral.ts';
import { runProbe } from '../../../agent/probes/run-probe.ts';
import { usbFunctionsOf } from '../../../agent/probes/usb-functions.ts';
import { contextOf, emptyTree, factsOf, keyedHash, recorded } from '../world.ts';

const machine = recorded('peripherals');
const peripherals = await factsOf(peripheralProbe, contextOf(machine));
const displays = await factsOf(displayProbe, contextOf(machine));

test('IP-KVMs are told by name, by a borrowed name, and by their mere shape', () => {
  expect(
    peripherals.map((fact) => fact.kind === 'peripheral' && [fact.product, fact.match, fact.confidence]),
  ).toEqual([
    ['PiKVM Composite Device', 'pikvm', 'exact'],
    ['USB Emulation Device', 'jetkvm', 'exact'],
    ['Multimedia Pro Keyboard', 'jetkvm', 'preset'],
    ['NanoKVM', 'nanokvm', 'exact'],
    ['Desk Keyboard', undefined, 'shape'],
  ]);
});

test('ordinary keyboards, mice, docks, tablets and phones never leave the machine', () => {
  expect(JSON.stringify(peripherals)).not.toMatch(/Holtek|Optical|Hub|Realtek|Wacom|Phone|EXAMPLE1/);
});

test('a serial number leaves as a hash, and not at all where every unit has the same', () => {
  expect(peripherals[0]).not.toHaveProperty('serial');
  expect(peripherals[1]).toMatchObject({ serial: keyedHash('usb 1d6b 0104 a1b2c3d4') });
  expect(JSON.stringify(peripherals)).not.toMatch(/a1b2c3d4|CAFEBABE/);
});

test('external monitors are told with their size, the built-in panel and damaged blocks are not', () => {
  expect(displays).toEqual([
    { kind: 'display', manufacturer: 'LNX', model: 'PiKVM V3', match: 'pikvm', widthMm: 530, heightMm: 300 },
    {
      kind: 'display',
      manufacturer: 'DEL',
      model: 'DELL D2721H',
      match: 'jetkvm',
      widthMm: 598,
      heightMm: 336,
    },
    {
      kind: 'display',
      manufacturer: 'GSM',
      model: 'LG ULTRAFINE',
      serial: keyedHash('monitor GSM 23423 397876'),
      widthMm: 600,
      heightMm: 340,
    },
    { kind: 'display', manufacturer: 'TSB', model: 'T749-fHD720', match: 'jetkvm', widthMm: 0, heightMm: 0 },
    { kind: 'display', manufacturer: 'SAM', model: '0c4d', widthMm: 520, heightMm: 290 },
  ]);
});

test('a machine without USB or graphics is unsupported, not empty', async () => {
  await using tree = await emptyTree();
  const context = contextOf(systemHost({ root: tree.root }));
  expect((await runProbe(peripheralProbe, context)).health).toBe('unsupported');
  expect((await runProbe(displayProbe, context)).health).toBe('unsupported');
});

test('no block of bytes stops the decoding of a monitor', () => {
  const header = Uint8Array.of(0, 255, 255, 255, 255, 255, 255, 0);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 256 }), fc.boolean(), (bytes, framed) => {
      const block = framed ? Uint8Array.of(...header, ...bytes) : bytes;
      const decoded = decodeEdid(block);
      if (decoded) expect(decoded.manufacturer).toMatch(/^[A-Z]{3}$/);
      if (block.length < 128) expect(decoded).toBeUndefined();
    }),
  );
});

test('no report descriptor stops the reading of a device', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (reportDescriptor) => {
      const found = usbFunctionsOf([{ class: 3, subclass: 1, protocol: 1, reportDescriptor }]);
      expect(found).toContain('boot-keyboard');
    }),
  );
});

test.each([
  ['an ordinary mouse', { class: 3, subclass: 1, protocol: 2 }, ['boot-mouse']],
  ['a network card of RNDIS', { class: 0xe0, subclass: 1, protocol: 3 }, ['network']],
  ['a network card of CDC', { class: 2, subclass: 6, protocol: 0 }, ['network']],
  ['a serial line', { class: 2, subclass: 2, protocol: 1 }, ['serial']],
  ['Bluetooth', { class: 0xe0, subclass: 1, protocol: 1 }, ['other']],
  ['a disk', { class: 8, subclass: 6, protocol: 0x50 }, ['storage']],
])('%s is told by its class', (_, descriptor, functions) => {
  expect(usbFunctionsOf([descriptor])).toEqual(functions);
});

test('a device that is plugged in anew is read anew, one that stays is not', async () => {
  await using tree = await emptyTree();
  const folder = 'sys/bus/usb/devices/1-2';
  const write = async (number: string, product: string): Promise<void> => {
    await tree.write(`${folder}/idVendor`, '1d6b\n');
    await tree.write(`${folder}/idProduct`, '0104\n');
    await tree.write(`${folder}/devnum`, `${number}\n`);
    await tree.write(`${folder}/product`, `${product}\n`);
  };
  const host = systemHost({ root: tree.root });
  const products = async () => (await host.usbDevices()).map(({ product }) => product);
  await write('7', 'First');
  expect(await products()).toEqual(['First']);
  await write('7', 'Never read');
  expect(await products()).toEqual(['First']);
  await write('8', 'Second');
  expect(await products()).toEqual(['Second']);
});

test.each(['CAFEBABE', 'cafebabe', '6b65796d696d6570690', '0123456789ABCDEF', '000000000000', 'None'])(
  'the serial number %s, which many devices have, puts nobody at one desk',
  async (serial) => {
    await using tree = await emptyTree();
    const device = 'sys/bus/usb/devices/1-1';
    await tree.write(`${device}/idVendor`, '1d6b\n');
    await tree.write(`${device}/idProduct`, '0104\n');
    await tree.write(`${device}/product`, 'PiKVM Composite Device\n');
    await tree.write(`${device}/serial`, `${serial}\n`);
    const [fact] = await factsOf(peripheralProbe, contextOf(systemHost({ root: tree.root })));
    expect(fact).toMatchObject({ kind: 'peripheral', match: 'pikvm' });
    expect(fact).not.toHaveProperty('serial');
  },
);
