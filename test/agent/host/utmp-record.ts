interface Record {
  readonly type?: number;
  readonly user?: string;
  readonly line?: string;
  readonly host?: string;
  readonly address?: readonly number[];
  readonly seconds?: number;
}

/** A record as glibc lays it out on x86-64. */
export function record({
  type = 7,
  user = 'ada',
  line = 'pts/0',
  host = '',
  address = [],
  seconds = 1_772_463_600,
}: Record): Buffer {
  const bytes = Buffer.alloc(384);
  bytes.writeInt16LE(type, 0);
  bytes.writeInt32LE(1_700, 4);
  bytes.write(line, 8);
  bytes.write(user, 44);
  bytes.write(host, 76);
  bytes.writeUInt32LE(seconds, 340);
  bytes.writeInt32LE(250_000, 344);
  Buffer.from(address).copy(bytes, 348);
  return bytes;
}
