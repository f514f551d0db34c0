import { type Instant, instant } from '../../../shared/time.ts';
import { ipFromBytes } from './addresses.ts';

/** bits/utmp.h of glibc, for x86 and 32-bit ARM; 64-bit ARM has other widths. */
export const RECORD_BYTES = 384;
const BOOT_TIME = 2;
const USER_PROCESS = 7;
const DEAD_PROCESS = 8;
/** `utmp.ut_user` of the record that init writes at the end. */
const SHUTDOWN = 'shutdown';
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

export type LogEntry =
  | { readonly is: 'login'; readonly offset: number; readonly login: UtmpEntry }
  | { readonly is: 'logout'; readonly offset: number; readonly line: string; readonly at: Instant }
  | { readonly is: 'boot' | 'shutdown'; readonly offset: number; readonly at: Instant };

/** What a wtmp file tells, in its order. */
export function wtmpEntries(file: Buffer): readonly LogEntry[] {
  return recordsOf(file).flatMap((record, index): LogEntry[] => {
    const offset = index * RECORD_BYTES;
    const type = record.readInt16LE(0);
    const line = textAt(record, 8, 32);
    const at = timeAt(record);
    if (type === BOOT_TIME) return [{ is: 'boot', offset, at }];
    if (textAt(record, 44, 32) === SHUTDOWN && line === '~') return [{ is: 'shutdown', offset, at }];
    if (type === DEAD_PROCESS && line !== '') return [{ is: 'logout', offset, line, at }];
    const login = loginIn(record);
    return login ? [{ is: 'login', offset, login }] : [];
  });
}

/** Logins of people in a utmp file; records of other types and half a record at the end are passed over. */
export function utmpEntries(file: Buffer): readonly UtmpEntry[] {
  return recordsOf(file)
    .slice(0, MAX_RECORDS)
    .flatMap((record) => loginIn(record) ?? []);
}

function recordsOf(file: Buffer): readonly Buffer[] {
  return Array.from({ length: Math.floor(file.length / RECORD_BYTES) }, (_, index) =>
    file.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES),
  );
}

function loginIn(record: Buffer): UtmpEntry | undefined {
  const user = textAt(record, 44, 32);
  if (record.readInt16LE(0) !== USER_PROCESS || user === '') return undefined;
  const ip = ipAt(record.subarray(348, 364));
  return {
    user,
    line: textAt(record, 8, 32),
    pid: record.readInt32LE(4),
    host: textAt(record, 76, 256),
    ...(ip ? { ip } : {}),
    startedAt: timeAt(record),
  };
}

/** Unsigned, as 32-bit times run until 2106 that way. */
function timeAt(record: Buffer): Instant {
  return instant(record.readUInt32LE(340) * 1_000 + Math.floor(record.readInt32LE(344) / 1_000));
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
