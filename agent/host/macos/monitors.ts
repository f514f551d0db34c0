import type { Monitor } from '../host.ts';
import { bytesAt, dictionariesIn, numberAt, type PlistDictionary, plistOf, textAt } from './plist.ts';

/** Screens of Intel machines, whose raw block the I/O registry holds. */
export function screensIn(text: string): readonly Monitor[] {
  return dictionariesIn(plistOf(text)).flatMap((node) => {
    const edid = bytesAt(node, 'IODisplayEDID');
    return edid ? [{ edid, builtIn: textAt(node, 'IOObjectClass') === 'AppleBacklightDisplay' }] : [];
  });
}

/**
 * Screens of machines with Apple's own processors. There the registry holds what the system decoded and not the block, so a block is
 * made of it: manufacturer, product, serial numbers, date and name are the monitor's own, everything else is left empty.
 */
export function framebuffersIn(text: string): readonly Monitor[] {
  return dictionariesIn(plistOf(text)).flatMap((node) => {
    const [attributes] = dictionariesIn(node.get('DisplayAttributes'));
    const [product] = dictionariesIn(attributes?.get('ProductAttributes'));
    return product ? [{ edid: edidOf(product), builtIn: node.get('external') !== true }] : [];
  });
}

/** Places in an EDID block of VESA E-EDID 1.4. */
const BLOCK_BYTES = 128;
const DESCRIPTORS = [54, 72, 90, 108];
const DESCRIPTOR = { name: 0xfc, serial: 0xff, none: 0x10 };

function edidOf(product: PlistDictionary): Uint8Array {
  const block = Buffer.alloc(BLOCK_BYTES);
  Buffer.from('00ffffffffffff00', 'hex').copy(block);
  block.writeUInt16BE((numberAt(product, 'LegacyManufacturerID') ?? 0) & 0xffff, 8);
  block.writeUInt16LE((numberAt(product, 'ProductID') ?? 0) & 0xffff, 10);
  block.writeUInt32LE((numberAt(product, 'SerialNumber') ?? 0) >>> 0, 12);
  block[16] = numberAt(product, 'WeekOfManufacture') ?? 0;
  block[17] = Math.max(0, (numberAt(product, 'YearOfManufacture') ?? 1990) - 1990);
  block[18] = 1;
  block[19] = 4;
  const texts = [
    [DESCRIPTOR.name, textAt(product, 'ProductName')],
    [DESCRIPTOR.serial, textAt(product, 'AlphanumericSerialNumber')],
  ] as const;
  for (const [order, start] of DESCRIPTORS.entries()) {
    const [tag, text] = texts[order] ?? [DESCRIPTOR.none, undefined];
    block[start + 3] = text ? tag : DESCRIPTOR.none;
    if (text) block.write(`${text.slice(0, 13)}\n`.padEnd(13).slice(0, 13), start + 5, 'latin1');
  }
  block[BLOCK_BYTES - 1] = (256 - (block.reduce((sum, byte) => sum + byte, 0) % 256)) % 256;
  return block;
}
