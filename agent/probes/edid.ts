/** What a monitor says of itself in the base block of its EDID (VESA E-EDID 1.3 and 1.4). */
export interface Edid {
  /** Three capital letters of the PNP registry. */
  readonly manufacturer: string;
  readonly productCode: number;
  /** 0 where the maker gave none. */
  readonly serialNumber: number;
  /** Descriptors 0xFC and 0xFF. */
  readonly name?: string;
  readonly serialText?: string;
  readonly widthMm: number;
  readonly heightMm: number;
}

const BLOCK_BYTES = 128;
const HEADER = [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];
const DESCRIPTORS = [54, 72, 90, 108];
const SERIAL_TEXT = 0xff;
const NAME = 0xfc;

/** Undefined for a block that is cut off, does not begin as it must, or names no maker. A wrong checksum is passed over: cheap adapters write none. */
export function decodeEdid(block: Uint8Array): Edid | undefined {
  if (block.length < BLOCK_BYTES || HEADER.some((byte, index) => block[index] !== byte)) return undefined;
  const view = new DataView(block.buffer, block.byteOffset, BLOCK_BYTES);
  const manufacturer = manufacturerOf(view.getUint16(8));
  if (!manufacturer) return undefined;
  const name = descriptorText(view, NAME);
  const serialText = descriptorText(view, SERIAL_TEXT);
  return {
    manufacturer,
    productCode: view.getUint16(10, true),
    serialNumber: view.getUint32(12, true),
    ...(name ? { name } : {}),
    ...(serialText ? { serialText } : {}),
    ...sizeOf(view),
  };
}

/** Three times five bits, 1 for A. */
function manufacturerOf(bits: number): string | undefined {
  const letters = [bits >> 10, bits >> 5, bits].map((five) => String.fromCharCode((five & 31) + 64)).join('');
  return /^[A-Z]{3}$/.test(letters) ? letters : undefined;
}

/** A display descriptor begins with two zero bytes where a timing has its clock; its text ends with a line feed and is padded. */
function descriptorText(view: DataView, tag: number): string | undefined {
  const start = DESCRIPTORS.find((at) => view.getUint16(at) === 0 && view.getUint8(at + 3) === tag);
  if (start === undefined) return undefined;
  const bytes = Array.from({ length: 13 }, (_, index) => view.getUint8(start + 5 + index));
  const end = bytes.findIndex((byte) => byte === 0x0a || byte === 0);
  const text = String.fromCharCode(...(end === -1 ? bytes : bytes.slice(0, end)));
  return text.replaceAll(/[^ -~]/g, '').trim();
}

/** The first timing knows millimeters; the general part centimeters, or an aspect ratio, which is no size. */
function sizeOf(view: DataView): { readonly widthMm: number; readonly heightMm: number } {
  const [widthCm, heightCm] = [view.getUint8(21), view.getUint8(22)];
  const general = widthCm && heightCm ? { widthMm: widthCm * 10, heightMm: heightCm * 10 } : NO_SIZE;
  const isTiming = view.getUint16(54) !== 0;
  const high = view.getUint8(68);
  const width = view.getUint8(66) | ((high & 0xf0) << 4);
  const height = view.getUint8(67) | ((high & 0x0f) << 8);
  return isTiming && width && height ? { widthMm: width, heightMm: height } : general;
}

const NO_SIZE = { widthMm: 0, heightMm: 0 };
