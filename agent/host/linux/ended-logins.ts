import { CodedError } from '../../../shared/errors.ts';
import type { EndedLogins, Login, LogPosition } from '../host.ts';
import type { Files } from './files.ts';
import { loginFromUtmp } from './logins.ts';
import { RECORD_BYTES, UTMP_ARCHITECTURES, wtmpEntries } from './utmp.ts';

const WTMP = '/var/log/wtmp';
/** Some 2,700 records: enough to find where a login began that ended now. */
const TAIL_BYTES = 2_730 * RECORD_BYTES;

/**
 * Logins that wtmp tells to have ended after a position, which is a number of bytes in the file. A file that became shorter was
 * begun anew. Newer distributions keep a database in its place, which is not read: there, what comes and goes between two looks is missed.
 */
export async function readEndedLogins(
  files: Files,
  { after, arch }: { readonly after: LogPosition; readonly arch: string },
): Promise<EndedLogins> {
  const size = UTMP_ARCHITECTURES.includes(arch) ? await files.size(WTMP) : undefined;
  if (size === undefined) throw new CodedError('PROBE_UNSUPPORTED', { path: WTMP });
  const position = /^\d+$/.test(after) ? Number(after) : undefined;
  if (position === size) return { logins: [], next: after };
  const { bytes, start } = (await files.tail(WTMP, TAIL_BYTES)) ?? { bytes: Buffer.alloc(0), start: 0 };
  const skip = (RECORD_BYTES - (start % RECORD_BYTES)) % RECORD_BYTES;
  const whole = bytes.subarray(skip);
  const end = start + skip + Math.floor(whole.length / RECORD_BYTES) * RECORD_BYTES;
  const isNew = (endedAt: string, offset: number): boolean =>
    position === undefined ? endedAt > after : start + skip + offset >= (position > size ? 0 : position);
  return { logins: endedIn(whole, isNew), next: String(end) };
}

type Ended = EndedLogins['logins'][number];

function endedIn(bytes: Buffer, isNew: (endedAt: string, offset: number) => boolean): readonly Ended[] {
  const open = new Map<string, Login>();
  const found: Ended[] = [];
  const close = (line: string, endedAt: string, offset: number): void => {
    const login = open.get(line);
    open.delete(line);
    if (login && isNew(endedAt, offset)) found.push({ ...login, endedAt });
  };
  for (const entry of wtmpEntries(bytes)) {
    if (entry.is === 'login') {
      const login = loginFromUtmp(entry.login);
      // Nobody told that the one before it on this line had ended.
      close(entry.login.line, entry.login.startedAt, entry.offset);
      if (login) open.set(entry.login.line, login);
    } else if (entry.is === 'logout') close(entry.line, entry.at, entry.offset);
    // After a crash nothing tells when, and the time of the next boot would claim too much.
    else if (entry.is === 'boot') open.clear();
    else for (const line of [...open.keys()]) close(line, entry.at, entry.offset);
  }
  return found;
}
