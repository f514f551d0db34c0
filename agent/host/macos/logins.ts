import * as z from 'zod/mini';
import { CodedError } from '../../../shared/errors.ts';
import { DAY, type Instant, instant, MINUTE, millis } from '../../../shared/time.ts';
import type { Connection, Login } from '../host.ts';
import { canonicalIp } from '../linux/addresses.ts';
import { MAC_COMMANDS } from './commands.ts';
import { jsonOf, keptFor, knownLines, linesOf, type Output } from './reading.ts';

export const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `ada      ttys001      Mar  2 10:02 	(203.0.113.9)` of who, in UTC. Windows of the person at the screen are left out. */
export function loginsIn(text: string, now: Instant): readonly Login[] {
  return knownLines(linesOf(text), (line) => {
    const [, user, terminal, month, day, hour, minute, host = ''] =
      /^(\S+) +(\S+) +([A-Z][a-z]{2}) +(\d\d?) (\d\d):(\d\d)\s*(?:\((.*)\))?\s*$/.exec(line) ?? [];
    if (!user || !terminal || !MONTHS.includes(month ?? '')) return undefined;
    const at = [MONTHS.indexOf(month ?? ''), Number(day), Number(hour), Number(minute)] as const;
    return { user, terminal, host, startedAt: mostRecent(at, now) };
  }).flatMap(({ user, terminal, host, startedAt }): Login[] => {
    const place = personFrom(terminal, host);
    return place ? [{ user, ...place, startedAt }] : [];
  });
}

/** Undefined for a window of the person at the screen, and for a terminal inside another one. */
export function personFrom(terminal: string, host: string): Pick<Login, 'method' | 'from'> | undefined {
  if (terminal === 'console') return { method: 'console' };
  if (host === '' || /^(?::|tmux|screen)/.test(host)) return undefined;
  const from = canonicalIp(host.split(' ', 1)[0] ?? '');
  return { method: 'ssh', ...(from ? { from } : {}) };
}

/** who leaves the year out. A clock may have been set back a little since. */
function mostRecent(
  [month, day, hour, minute]: readonly [number, number, number, number],
  now: Instant,
): Instant {
  const year = new Date(now).getUTCFullYear();
  const thisYear = Date.UTC(year, month, day, hour, minute);
  return instant(thisYear <= millis(now) + DAY ? thisYear : Date.UTC(year - 1, month, day, hour, minute));
}

const PORT = 5900;
const UNTOLD_MS = 5 * MINUTE;

export interface ScreenSharingOptions {
  readonly output: Output;
  readonly canReadLog: boolean;
}

/**
 * Logins through Screen Sharing: an established connection to its port tells that one lasts, the log tells whose it is. The log is
 * read only for a connection that it does not explain yet, once a minute and for five minutes, because each reading takes seconds.
 */
export function screenSharingReader({ output, canReadLog }: ScreenSharingOptions) {
  /** By socket: its login, or when it was first seen. */
  let known: ReadonlyMap<string, Login | number> = new Map();
  // A failure is kept as well: a log that does not answer in time would be asked every few seconds.
  const reading = keptFor(MINUTE, () => Promise.allSettled([readSuccesses({ output, canReadLog })]));
  return async (connections: readonly Connection[]): Promise<readonly Login[]> => {
    const now = performance.now();
    const isOpen = (about: Login | number | undefined): about is number | undefined =>
      about === undefined || (typeof about === 'number' && now - about < UNTOLD_MS);
    const sharing = connections.filter(({ port }) => port === PORT);
    const isNew = sharing.some(({ socket }) => isOpen(known.get(socket)));
    const [read] = isNew ? await reading() : [];
    if (read?.status === 'rejected') throw read.reason;
    const logged = read?.value ?? [];
    known = new Map(
      sharing.map(({ socket, peer }) => {
        const before = known.get(socket);
        const login = logged.findLast(({ from }) => from === peer);
        return [socket, isOpen(before) ? (login ?? before ?? now) : before];
      }),
    );
    const found = [...known.values()].filter((login) => typeof login !== 'number');
    return [
      ...new Map(found.map((login) => [`${login.user} ${login.from} ${login.startedAt}`, login])).values(),
    ];
  };
}

async function readSuccesses({ output, canReadLog }: ScreenSharingOptions): Promise<readonly Login[]> {
  if (canReadLog) return successesIn(await output(MAC_COMMANDS.screenSharing));
  throw new CodedError('PROBE_DENIED', {
    path: MAC_COMMANDS.screenSharing.path,
    needs: 'the rights of an administrator',
    reason: 'somebody is connected to Screen Sharing, and only the system log tells who',
    remedy: 'Run the agent as a service, or with an account of an administrator.',
  });
}

const entrySchema = z.object({ eventMessage: z.optional(z.string()), timestamp: z.optional(z.string()) });

/** `log show --style ndjson`: an entry on each line, and at the end how many there were. */
function successesIn(text: string): readonly Login[] {
  return linesOf(text).flatMap((line): Login[] => {
    const { eventMessage = '', timestamp = '' } = jsonOf(entrySchema, line);
    // The name stands in front, so the last address is the real one, whatever the name is.
    const [, user, viewer] =
      /^Authentication: SUCCEEDED :: User Name: (.*) :: Viewer Address: (\S+)(?: :: Type: .*)?$/.exec(
        eventMessage,
      ) ?? [];
    const [, date, time, zone, minutes] =
      /^(\S+) (\d\d:\d\d:\d\d\.\d{3})\d*([+-]\d\d):?(\d\d)$/.exec(timestamp) ?? [];
    const from = canonicalIp(viewer ?? '');
    const at = Date.parse(`${date}T${time}${zone}:${minutes}`);
    return user && from && at > 0 ? [{ user, method: 'screen-sharing', from, startedAt: instant(at) }] : [];
  });
}
