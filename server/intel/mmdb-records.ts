export interface DataSection {
  readonly bytes: Buffer;
  /** Where the data begins and ends; pointers count from its beginning. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads a value of the data section of an MMDB file (format 2.0). Throws for what is damaged. What pointers lead to (names of fields and of
 * places, which many records share) is kept as strings, so a record makes few of them.
 */
export function recordReader(section: DataSection): (at: number) => unknown {
  const cursor = new Cursor(section);
  return (at) => cursor.start(at);
}

const TYPES = {
  pointer: 1,
  text: 2,
  double: 3,
  bytes: 4,
  uint16: 5,
  uint32: 6,
  map: 7,
  int32: 8,
  uint64: 9,
  uint128: 10,
  array: 11,
  boolean: 14,
  float: 15,
} as const;

// The largest records known have 300 values, six deep; pointers of a damaged file could lead around forever.
const MOST_VALUES = 4_000;
const DEEPEST = 32;
const KEPT_TEXTS = 4_096;

class Cursor {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #from: number;
  readonly #to: number;
  readonly #textAt = new Uint32Array(KEPT_TEXTS);
  readonly #texts = new Array<string>(KEPT_TEXTS).fill('');
  /** Of two letters, such as countries. */
  readonly #pairs = new Map<number, string>();
  #at = 0;
  #left = 0;
  #depth = 0;

  constructor({ bytes, from, to }: DataSection) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, to);
    this.#from = from;
    this.#to = to;
  }

  start(at: number): unknown {
    this.#at = at;
    this.#left = MOST_VALUES;
    this.#depth = 0;
    return this.#value();
  }

  #value(): unknown {
    if (this.#at < this.#from || this.#at >= this.#to || this.#left <= 0 || this.#depth >= DEEPEST)
      throw new RangeError(`no record that makes sense at ${this.#at}`);
    this.#left -= 1;
    this.#depth += 1;
    const control = this.#byte();
    const type = control >> 5;
    const value =
      type === TYPES.pointer
        ? this.#pointed(control)
        : this.#typed(type === 0 ? 7 + this.#byte() : type, control);
    this.#depth -= 1;
    return value;
  }

  #pointed(control: number): unknown {
    const target = this.#from + this.#pointer((control >> 3) & 3, control & 7);
    const slot = target % KEPT_TEXTS;
    if (this.#textAt[slot] === target) return this.#texts[slot];
    const back = this.#at;
    this.#at = target;
    const value = this.#value();
    this.#at = back;
    if (typeof value === 'string') {
      this.#textAt[slot] = target;
      this.#texts[slot] = value;
    }
    return value;
  }

  #pointer(size: number, high: number): number {
    if (size === 0) return high * 0x100 + this.#uint(1);
    if (size === 1) return 0x800 + high * 0x1_0000 + this.#uint(2);
    if (size === 2) return 0x8_0800 + high * 0x100_0000 + this.#uint(3);
    return this.#uint(4);
  }

  #typed(type: number, control: number): unknown {
    const size = this.#size(control & 0x1f);
    if (type === TYPES.map) return this.#map(size);
    if (type === TYPES.text) return this.#text(size);
    if (type === TYPES.array) return Array.from({ length: Math.min(size, this.#left) }, () => this.#value());
    if (type === TYPES.boolean) return size !== 0;
    const at = this.#skip(size);
    if (type === TYPES.float && size === 4) return this.#view.getFloat32(at);
    if (type === TYPES.double && size === 8) return this.#view.getFloat64(at);
    if (type === TYPES.int32) return size === 4 ? this.#view.getInt32(at) : this.#unsigned(at, size);
    if (type === TYPES.uint16 || type === TYPES.uint32) return this.#unsigned(at, size);
    // Nobody here asks for these.
    if (type === TYPES.bytes || type === TYPES.uint64 || type === TYPES.uint128) return undefined;
    throw new RangeError(`a value of type ${type} with ${size} bytes`);
  }

  #map(size: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (let index = 0; index < size; index += 1) {
      const key = this.#value();
      const value = this.#value();
      if (typeof key !== 'string') throw new TypeError('a name that is no text');
      if (key !== '__proto__') map[key] = value;
    }
    return map;
  }

  #text(size: number): string {
    const at = this.#skip(size);
    if (size === 0) return '';
    if (size !== 2) return this.#bytes.toString('utf8', at, at + size);
    const pair = this.#unsigned(at, 2);
    const known = this.#pairs.get(pair);
    if (known !== undefined) return known;
    const text = this.#bytes.toString('utf8', at, at + size);
    this.#pairs.set(pair, text);
    return text;
  }

  #size(given: number): number {
    if (given < 29) return given;
    if (given === 29) return 29 + this.#uint(1);
    return given === 30 ? 285 + this.#uint(2) : 65_821 + this.#uint(3);
  }

  #byte(): number {
    return this.#view.getUint8(this.#at++);
  }

  #uint(size: number): number {
    return this.#unsigned(this.#skip(size), size);
  }

  #skip(size: number): number {
    const at = this.#at;
    this.#at += size;
    if (this.#at > this.#to) throw new RangeError(`a value at ${at} that does not end`);
    return at;
  }

  #unsigned(at: number, size: number): number {
    if (size > 4) throw new RangeError(`a number of ${size} bytes`);
    let value = 0;
    for (let index = 0; index < size; index += 1) value = value * 256 + this.#view.getUint8(at + index);
    return value;
  }
}
