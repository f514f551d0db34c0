import type { UsbDevice, UsbInterface } from '../host.ts';
import { bytesAt, dictionariesIn, numberAt, type PlistDictionary, plistOf, textAt } from './plist.ts';

const HUB = 9;

/** Trees of the I/O registry below each USB device: its interfaces, and below those the drivers, which know the HID report descriptor. */
export function usbDevicesIn(text: string): readonly UsbDevice[] {
  const found = new Map<number, UsbDevice>();
  for (const root of dictionariesIn(plistOf(text))) collect(root, found);
  return [...found.values()];
}

/** A device behind a hub stands in the hub's tree and may stand there on its own as well. */
function collect(node: PlistDictionary, found: Map<number, UsbDevice>): void {
  const id = numberAt(node, 'IORegistryEntryID') ?? -1 - found.size;
  const device = isDevice(node) && numberAt(node, 'bDeviceClass') !== HUB ? deviceOf(node) : undefined;
  if (device && !found.has(id)) found.set(id, device);
  for (const child of childrenOf(node)) collect(child, found);
}

function isDevice(node: PlistDictionary): boolean {
  return numberAt(node, 'bDeviceClass') !== undefined && numberAt(node, 'bInterfaceNumber') === undefined;
}

function deviceOf(node: PlistDictionary): UsbDevice | undefined {
  const [vendor, productId] = [numberAt(node, 'idVendor'), numberAt(node, 'idProduct')];
  if (vendor === undefined || productId === undefined) return undefined;
  const manufacturer = textAt(node, 'kUSBVendorString') ?? textAt(node, 'USB Vendor Name');
  const product = textAt(node, 'kUSBProductString') ?? textAt(node, 'USB Product Name');
  const serial = textAt(node, 'kUSBSerialNumberString') ?? textAt(node, 'USB Serial Number');
  return {
    vendorId: hexOf(vendor),
    productId: hexOf(productId),
    ...(manufacturer ? { manufacturer } : {}),
    ...(product ? { product } : {}),
    ...(serial ? { serial } : {}),
    interfaces: childrenOf(node).flatMap(interfacesOf),
  };
}

/** Down to the next device, which has interfaces of its own. */
function interfacesOf(node: PlistDictionary): readonly UsbInterface[] {
  if (isDevice(node)) return [];
  const number = numberAt(node, 'bInterfaceClass');
  if (number === undefined) return childrenOf(node).flatMap(interfacesOf);
  const reportDescriptor = reportDescriptorOf(node);
  return [
    {
      class: number,
      subclass: numberAt(node, 'bInterfaceSubClass') ?? 0,
      protocol: numberAt(node, 'bInterfaceProtocol') ?? 0,
      ...(reportDescriptor ? { reportDescriptor } : {}),
    },
  ];
}

function reportDescriptorOf(node: PlistDictionary): Uint8Array | undefined {
  const own = bytesAt(node, 'ReportDescriptor');
  if (own) return own;
  for (const child of childrenOf(node)) {
    const found = reportDescriptorOf(child);
    if (found) return found;
  }
  return undefined;
}

function childrenOf(node: PlistDictionary): readonly PlistDictionary[] {
  return dictionariesIn(node.get('IORegistryEntryChildren'));
}

function hexOf(id: number): string {
  return (id & 0xffff).toString(16).padStart(4, '0');
}
