import type { UsbInterface as UsbFunction } from '../../shared/facts.ts';
import type { UsbInterface } from '../host/host.ts';

/** Classes of the USB-IF, usb.org/defined-class-codes. */
const CLASS = { audio: 0x01, communications: 0x02, hid: 0x03, storage: 0x08, data: 0x0a, wireless: 0xe0 };
const BOOT = 1;
const KEYBOARD = 1;
const MOUSE = 2;
/** Of communications: Ethernet (ECM, EEM, NCM) and mobile broadband (MBIM); abstract control (ACM) is a serial line. */
const NETWORK_SUBCLASSES = [0x06, 0x0c, 0x0d, 0x0e];
const SERIAL_SUBCLASS = 0x02;
/** RNDIS calls itself a wireless controller, or a serial line of its maker. */
const RNDIS = 0x01;
const MAKERS_OWN = 0xff;

/** What a device can be to a computer, each once and in order. */
export function usbFunctionsOf(interfaces: readonly UsbInterface[]): readonly UsbFunction[] {
  return [...new Set(interfaces.flatMap(functionsOf))].sort();
}

function functionsOf({
  class: kind,
  subclass,
  protocol,
  reportDescriptor,
}: UsbInterface): readonly UsbFunction[] {
  if (kind === CLASS.audio) return ['audio'];
  if (kind === CLASS.storage) return ['storage'];
  // The second half of a network or serial function, whose first half tells which.
  if (kind === CLASS.data) return [];
  if (kind === CLASS.communications) return [communicationsOf(subclass, protocol)];
  if (kind === CLASS.wireless) return [subclass === RNDIS && protocol === 0x03 ? 'network' : 'other'];
  return kind === CLASS.hid ? inputOf(subclass, protocol, reportDescriptor) : ['other'];
}

function communicationsOf(subclass: number, protocol: number): UsbFunction {
  if (NETWORK_SUBCLASSES.includes(subclass)) return 'network';
  if (subclass !== SERIAL_SUBCLASS) return 'other';
  return protocol === MAKERS_OWN ? 'network' : 'serial';
}

function inputOf(
  subclass: number,
  protocol: number,
  descriptor: Uint8Array | undefined,
): readonly UsbFunction[] {
  const found: UsbFunction[] = [];
  if (subclass === BOOT && protocol === KEYBOARD) found.push('boot-keyboard');
  if (subclass === BOOT && protocol === MOUSE) found.push('boot-mouse');
  if (descriptor && hasAbsolutePointer(descriptor)) found.push('absolute-pointer');
  return found.length > 0 ? found : ['other'];
}

/** Items of a HID report descriptor (HID 1.11, 6.2.2): tag and type in the upper six bits of their first byte. */
const ITEM = {
  usagePage: 0x04,
  usage: 0x08,
  usageMinimum: 0x18,
  usageMaximum: 0x28,
  input: 0x80,
  collection: 0xa0,
  end: 0xc0,
};
const LONG_ITEM = 0xfe;
const SIZES = [0, 1, 2, 4];
const GENERIC_DESKTOP = 0x01;
const POINTER_OR_MOUSE = [0x01, 0x02];
const X = 0x30;
const Y = 0x31;
const APPLICATION = 0x01;
const RELATIVE = 0x04;

/** A pointer or mouse of the page Generic Desktop that reports X and Y as positions. Touch screens and pens are digitizers. */
function hasAbsolutePointer(descriptor: Uint8Array): boolean {
  let page = 0;
  let usages: number[] = [];
  let depth = 0;
  let inPointer = false;
  const seen = new Set<number>();
  for (const { tag, value, size } of itemsOf(descriptor)) {
    if (tag === ITEM.usagePage) page = value;
    // A usage of four bytes brings its own page.
    else if (tag === ITEM.usage || tag === ITEM.usageMinimum || tag === ITEM.usageMaximum)
      usages.push(size === 4 ? value : page * 0x10000 + value);
    else if (tag === ITEM.collection) {
      if (depth === 0 && value === APPLICATION)
        inPointer = usages.some((usage) =>
          POINTER_OR_MOUSE.some((one) => usage === GENERIC_DESKTOP * 0x10000 + one),
        );
      depth += 1;
      usages = [];
    } else if (tag === ITEM.end) {
      depth -= 1;
      usages = [];
    } else if (tag === ITEM.input) {
      if (inPointer && (value & RELATIVE) === 0) for (const usage of usages) seen.add(usage);
      usages = [];
    } else if ((tag & TYPE_MASK) === MAIN) usages = [];
  }
  return seen.has(GENERIC_DESKTOP * 0x10000 + X) && seen.has(GENERIC_DESKTOP * 0x10000 + Y);
}

const TYPE_MASK = 0x0c;
const MAIN = 0x00;

interface Item {
  readonly tag: number;
  readonly size: number;
  readonly value: number;
}

/** Ends at the first item that is cut off. */
function* itemsOf(bytes: Uint8Array): Generator<Item> {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const size = first === LONG_ITEM ? 2 + (bytes[at + 1] ?? 0) : (SIZES[first & 3] ?? 0);
    if (at + 1 + size > bytes.length) return;
    let value = 0;
    for (let index = 0; index < Math.min(size, 4); index += 1)
      value += (bytes[at + 1 + index] ?? 0) * 256 ** index;
    if (first !== LONG_ITEM) yield { tag: first & 0xfc, size, value };
    at += 1 + size;
  }
}
