import { type Instant, instant } from '../../../shared/time.ts';
import { ipFromBytes } from './addresses.ts';

/** bits/utmp.h of glibc, for x86 and 32-bit ARM; 64-bit ARM has other widths. */
const RECORD_BYTES = 384;
const USER_PROCESS = 7;
const MAX_RECORDS = 1_000;

export const UTMP_ARCHITECTURES: readonly string[] = ['x64', 'ia32', 'arm'];

export interface UtmpEntry {
  readonly user: string;
  /** `tty2`, `pts/0`, `:0`. */
  readonly line: string;
  readonly pid: number;
  /** As the login program wrote it: a name, an address, a display, a terminal multiplexer. */
  readonly host: string;
  readonly ip?: string;
  readonly startedAt: Instant;
}

/** Logins of people in a utmp file; records of other types and half a record at the end are passed over. */
export function utmpEntries(file: Buffer): readonly UtmpEntry[] {
  const count = Math.min(MAX_RECORDS, Math.floor(file.length / RECORD_BYTES));
  return Array.from({ length: count }, (_, index) =>
    file.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES),
  ).flatMap((record) => {
    const user = textAt(record, 44, 32);
    if (record.readInt16LE(0) !== USER_PROCESS || user === '') return [];
    const ip = ipAt(record.subarray(348, 364));
    return [
      {
        user,
        line: textAt(record, 8, 32),
        pid: record.readInt32LE(4),
        host: textAt(record, 76, 256),
        ...(ip ? { ip } : {}),
        // Unsigned, as 32-bit times run until 2106 that way.
        startedAt: instant(record.readUInt32LE(340) * 1_000 + Math.floor(record.readInt32LE(344) / 1_000)),
      },
    ];
  });
}

function textAt(record: Buffer, start: number, length: number): string {
  const field = record.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

/** An IPv4 address stands in the first of the four words. */
function ipAt(field: Buffer): string | undefined {
  if (field.every((byte) => byte === 0)) return undefined;
  const isV4 = field.subarray(4).every((byte) => byte === 0);
  return ipFromBytes(isV4 ? field.subarray(0, 4) : field);
}
