import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { HARDWARE } from '../../../shared/catalog/hardware.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import {
  type Display,
  matchDisplay,
  matchUsb,
  shapeOf,
  type UsbDevice,
  watchedUsb,
} from '../../../shared/catalog/match-hardware.ts';
import { hardwareSchema } from '../../../shared/catalog/schema.ts';
import type { UsbInterface } from '../../../shared/facts.ts';

const KVM: readonly UsbInterface[] = ['boot-keyboard', 'absolute-pointer', 'boot-mouse', 'storage'];

describe('records', () => {
  test('are valid, with ids of their own', () => {
    expect(z.safeParse(z.array(hardwareSchema), HARDWARE).error?.issues ?? []).toEqual([]);
    const ids = [...HARDWARE, ...CATALOG.tools].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('each can be recognized by something', () => {
    expect(HARDWARE.filter(({ usb, displays }) => !usb && !displays)).toEqual([]);
  });

  test('no identity rests on ids that Linux gives to any gadget', () => {
    const bare = HARDWARE.flatMap(({ id, usb }) =>
      (usb ?? [])
        .filter(
          ({ vendorId, manufacturer, product, serial }) =>
            vendorId === '1d6b' && !manufacturer && !product && !serial,
        )
        .map(() => id),
    );
    expect(bare).toEqual([]);
  });

  test('no identity rests on a maker alone that sells monitors or keyboards', () => {
    const makers = new Set(['ACR', 'AUS', 'DEL', 'PHL', 'TSB', 'LNX']);
    const broad = HARDWARE.flatMap(({ id, displays }) =>
      (displays ?? [])
        .filter(
          ({ manufacturer = '', productCode, model, serial, serialNumber }) =>
            (manufacturer === '' || makers.has(manufacturer)) &&
            productCode === undefined &&
            !model &&
            !serial &&
            serialNumber === undefined,
        )
        .map(() => id),
    );
    expect(broad).toEqual([]);
  });
});

describe('USB', () => {
  test.each<[string, UsbDevice, string, 'exact' | 'preset']>([
    [
      'PiKVM',
      gadget({ manufacturer: 'PiKVM', product: 'PiKVM Composite Device', serial: 'CAFEBABE' }),
      'pikvm',
      'exact',
    ],
    ['an older PiKVM', gadget({ product: 'Composite KVM Device' }), 'pikvm', 'exact'],
    ['PiKVM by serial alone', gadget({ serial: 'CAFEBABE' }), 'pikvm', 'exact'],
    ['a Pico that says PiKVM', usb('2e8a', '000a', { manufacturer: 'PiKVM' }), 'pikvm', 'exact'],
    [
      'TinyPilot',
      gadget({ manufacturer: 'tinypilot', product: 'Multifunction USB Device' }),
      'tinypilot',
      'exact',
    ],
    ['TinyPilot by serial', gadget({ serial: '6b65796d696d6570690' }), 'tinypilot', 'exact'],
    ['BliKVM', usb('1d6b', '0106', { serial: '6b65796d696d6570690' }), 'blikvm', 'exact'],
    ['JetKVM', gadget({ manufacturer: 'JetKVM', product: 'USB Emulation Device' }), 'jetkvm', 'exact'],
    ['an early JetKVM', usb('1d6b', '0044', { product: 'JetKVM USB Emulation Device' }), 'jetkvm', 'exact'],
    ['JetKVM as Logitech', usb('046d', 'c52b', { manufacturer: 'Logitech (x64)' }), 'jetkvm', 'preset'],
    ['JetKVM as Microsoft', usb('045e', '005f', { serial: '6&1a2b3c&0&1' }), 'jetkvm', 'preset'],
    ['JetKVM as Dell', usb('413c', '2011', { interfaces: KVM }), 'jetkvm', 'preset'],
    ['NanoKVM', usb('3346', '1009', { manufacturer: 'sipeed', product: 'NanoKVM' }), 'nanokvm', 'exact'],
    ['GL.iNet Comet', usb('38eb', '0107', { manufacturer: 'Glinet' }), 'gl-comet', 'exact'],
    ['padded texts', gadget({ manufacturer: ' PIKVM\0\0' }), 'pikvm', 'exact'],
    ['QEMU tablet', usb('0627', '0001'), 'qemu-guest', 'exact'],
    ['Parallels', usb('203a', 'fffc'), 'parallels-guest', 'exact'],
    ['Digispark', usb('16d0', '0753'), 'digispark', 'exact'],
  ])('%s is recognized', (_, device, id, confidence) => {
    expect(matchUsb(device)).toMatchObject({ id, confidence });
    expect(watchedUsb(device)).toEqual({ match: id, confidence });
  });

  test.each<[string, UsbDevice]>([
    ['a phone or board with Linux', gadget({})],
    ['a gadget with texts of its own', gadget({ manufacturer: 'Linux 6.1', product: 'RNDIS', serial: '1' })],
    ['a Unifying receiver', usb('046d', 'c52b', { manufacturer: 'Logitech', product: 'USB Receiver' })],
    ['a Microsoft keyboard', usb('045e', '005f', { interfaces: ['boot-keyboard', 'boot-mouse'] })],
    ['a Dell keyboard', usb('413c', '2011', { manufacturer: 'Dell', interfaces: ['boot-keyboard'] })],
    ['another board of Sipeed', usb('3346', '1009', { manufacturer: 'Cvitek', product: 'USB Com Port' })],
    ['a placeholder serial', usb('0951', '1666', { serial: '0123456789ABCDEF' })],
    ['texts that only contain a name', usb('0951', '1666', { product: 'Case for PiKVM' })],
  ])('%s is not', (_, device) => {
    expect(matchUsb(device)).toBeUndefined();
    expect(watchedUsb(device)).toBeUndefined();
  });

  test('harmless devices are told only in the shape of an IP-KVM', () => {
    const ilo = usb('03f0', '1027');
    expect(matchUsb(ilo)).toMatchObject({ id: 'hp-ilo', harmless: true });
    expect(watchedUsb(ilo)).toBeUndefined();
    expect(watchedUsb({ ...ilo, interfaces: KVM })).toEqual({ match: 'hp-ilo', confidence: 'exact' });
    const desk = usb('0557', '2202', { interfaces: KVM });
    expect(watchedUsb(desk)).toEqual({ match: 'aten-desk-kvm', confidence: 'shape' });
  });

  test('an unknown device in the shape of an IP-KVM is told by its shape', () => {
    expect(watchedUsb(usb('05ac', '024f', { interfaces: KVM }))).toEqual({ confidence: 'shape' });
  });
});

test.each<[readonly UsbInterface[], boolean]>([
  [KVM, true],
  [['boot-keyboard', 'absolute-pointer', 'network'], true],
  [['boot-keyboard', 'absolute-pointer'], false],
  [['boot-keyboard', 'boot-mouse', 'storage'], false],
  [['absolute-pointer', 'storage'], false],
  [[], false],
])('the functions %j are those of an IP-KVM: %s', (interfaces, expected) => {
  expect(shapeOf(interfaces)).toBe(expected);
});

describe('displays', () => {
  test.each<[string, Display, string, 'exact' | 'preset']>([
    ['PiKVM V3', edid('LNX', 0x7771, { model: 'PiKVM V3' }), 'pikvm', 'exact'],
    ['PiKVM without a name', edid('LNX', 0x7773), 'pikvm', 'exact'],
    ['TinyPilot', edid('TSB', 0x9876, { model: 'TinyPilot' }), 'tinypilot', 'exact'],
    ['JetKVM', edid('TSB', 0x8801, { model: 'T749-fHD720' }), 'jetkvm', 'exact'],
    ['JetKVM as Acer', edid('ACR', 0x0565, { model: 'B246WL', serial: 'T8NEE0038522' }), 'jetkvm', 'preset'],
    ['JetKVM as ASUS', edid('AUS', 0x2487, { serial: 'M1LMQS052157' }), 'jetkvm', 'preset'],
    ['JetKVM as Dell', edid('DEL', 0x2013, { serial: '3S5GQ23' }), 'jetkvm', 'preset'],
    ['NanoKVM as Philips', edid('PHL', 0xc233, { serial: 'UK02143047718' }), 'nanokvm', 'preset'],
    ['NanoKVM', edid('SPD', 0x3301, { model: 'NanoKVM' }), 'nanokvm', 'exact'],
    ['a virtual display', edid('MTT', 0x1337, { model: 'VDD by MTT' }), 'mtt-virtual-display', 'exact'],
  ])('%s is recognized', (_, display, id, confidence) => {
    expect(matchDisplay(display)).toMatchObject({ id, confidence });
  });

  test.each<[string, Display]>([
    ['the Dell that the preset copies', edid('DEL', 0x2013, { model: 'DELL D2721H', serial: '9ABCD23' })],
    ['the Philips that the preset copies', edid('PHL', 0xc233, { model: 'PHL 342E2', serial: 'UK1' })],
    ['a Toshiba television', edid('TSB', 0x0108, { model: 'TSB-TV' })],
    ['a monitor that says nothing', edid('GSM', 0x5b09)],
  ])('%s is not', (_, display) => {
    expect(matchDisplay(display)).toBeUndefined();
  });
});

function usb(vendorId: string, productId: string, more: Partial<UsbDevice> = {}): UsbDevice {
  return { vendorId, productId, ...more };
}

function gadget(more: Partial<UsbDevice>): UsbDevice {
  return usb('1d6b', '0104', more);
}

function edid(manufacturer: string, productCode: number, more: Partial<Display> = {}): Display {
  return { manufacturer, productCode, ...more };
}
