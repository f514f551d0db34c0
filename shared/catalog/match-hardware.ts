import type { UsbInterface } from '../facts.ts';
import { HARDWARE } from './hardware.ts';
import type { DisplayIdentity, Hardware, UsbIdentity } from './schema.ts';

/** A USB device as its descriptors say. Ids are four lower-case hex digits. */
export interface UsbDevice {
  readonly vendorId: string;
  readonly productId: string;
  readonly manufacturer?: string;
  readonly product?: string;
  /** The device's own serial. Windows makes one up (`5&1f2e3d&0&1`) where it has none: leave those out. */
  readonly serial?: string;
  readonly interfaces?: readonly UsbInterface[];
}

/** A monitor as its EDID says. */
export interface Display {
  /** Three letters of the maker. */
  readonly manufacturer: string;
  readonly productCode: number;
  /** Descriptor 0xFC. */
  readonly model?: string;
  /** Descriptor 0xFF. */
  readonly serial?: string;
  /** Bytes 12 to 15. */
  readonly serialNumber?: number;
}

interface HardwareMatch {
  readonly id: string;
  readonly kind: Hardware['kind'];
  readonly harmless: boolean;
  readonly confidence: 'exact' | 'preset';
}

/** The record of this device. Ids that many things share (1d6b:0104 is any Linux gadget) need a text or a function beside them. */
export function matchUsb(device: UsbDevice): HardwareMatch | undefined {
  return strongest(
    ({ usb }) => usb,
    (identity) => isUsb(identity, device),
  );
}

/**
 * What is to be told of this device: its record, its mere shape, or nothing. Harmless devices are told only when they have the shape
 * of an IP-KVM: controllers of servers always do, while a desk switch that does has a borrowed name.
 */
export function watchedUsb(
  device: UsbDevice,
): { readonly match?: string; readonly confidence: 'exact' | 'preset' | 'shape' } | undefined {
  const match = matchUsb(device);
  const shaped = shapeOf(device.interfaces ?? []);
  if (!match) return shaped ? { confidence: 'shape' } : undefined;
  if (!match.harmless) return { match: match.id, confidence: match.confidence };
  if (!shaped) return undefined;
  return { match: match.id, confidence: match.kind === 'desk-kvm' ? 'shape' : match.confidence };
}

export function matchDisplay(display: Display): HardwareMatch | undefined {
  return strongest(
    ({ displays }) => displays,
    (identity) => isDisplay(identity, display),
  );
}

/**
 * Whether one device has the functions of an IP-KVM: a keyboard for the BIOS, a pointer that jumps to a place, and a disk or a
 * network card. No consumer keyboard has; management controllers of servers do.
 */
export function shapeOf(interfaces: readonly UsbInterface[]): boolean {
  const has = new Set(interfaces);
  return (
    has.has('boot-keyboard') && has.has('absolute-pointer') && (has.has('storage') || has.has('network'))
  );
}

function strongest<I extends { readonly confidence: 'exact' | 'preset' }>(
  identitiesOf: (record: Hardware) => readonly I[] | undefined,
  fits: (identity: I) => boolean,
): HardwareMatch | undefined {
  let found: HardwareMatch | undefined;
  for (const record of HARDWARE) {
    for (const identity of identitiesOf(record) ?? []) {
      if (found && identity.confidence === 'preset') continue;
      if (!fits(identity)) continue;
      const { id, kind, harmless } = record;
      if (identity.confidence === 'exact') return { id, kind, harmless, confidence: 'exact' };
      found = { id, kind, harmless, confidence: 'preset' };
    }
  }
  return found;
}

function isUsb(identity: UsbIdentity, device: UsbDevice): boolean {
  const { vendorId, productIds, manufacturer, product, serial, serialPattern, anyInterface } = identity;
  return (
    (vendorId === undefined || vendorId === device.vendorId) &&
    (productIds === undefined || productIds.includes(device.productId)) &&
    isText(manufacturer, device.manufacturer) &&
    isText(product, device.product) &&
    isText(serial, device.serial) &&
    (serialPattern === undefined || new RegExp(`^(?:${serialPattern})$`).test(device.serial ?? '')) &&
    (anyInterface === undefined || anyInterface.some((kind) => device.interfaces?.includes(kind)))
  );
}

function isDisplay(identity: DisplayIdentity, display: Display): boolean {
  const { manufacturer, productCode, model, serial, serialNumber } = identity;
  return (
    (manufacturer === undefined || manufacturer === display.manufacturer) &&
    (productCode === undefined || productCode === display.productCode) &&
    (serialNumber === undefined || serialNumber === display.serialNumber) &&
    isText(model, display.model) &&
    isText(serial, display.serial)
  );
}

function isText(wanted: string | undefined, found: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (found === undefined) return false;
  const text = bare(found);
  return wanted.endsWith('*') ? text.startsWith(bare(wanted.slice(0, -1))) : text === bare(wanted);
}

/** Descriptors are padded with blanks and zeros, by taste of the maker. */
function bare(text: string): string {
  return text.replaceAll('\0', ' ').trim().toLowerCase();
}
