import { instant, MINUTE, millis } from '../../../shared/time.ts';
import type { EndedLogins, Login, LogPosition } from '../host.ts';
import { canonicalIp } from '../linux/addresses.ts';
import type { LogEvent, LoginsDocument } from './documents.ts';
import { itemsOf, type Part } from './parts.ts';
import { loginsInSecurityLog, RECONNECTED } from './security-log.ts';

/** Events of the local session manager: logon, shell start, logoff, disconnect, reconnect. */
const ARRIVED = [21, 22];
const LEFT = [23, 24];
const CAME_BACK = 25;
/** What two logs say of one arrival may differ by this much. */
const NEAR_MS = 2 * MINUTE;
const REMEDY =
  'Run the agent as a service with the rights of an administrator, or put its account into the group Event Log Readers.';

export type PastLogin = EndedLogins['logins'][number];

/** What a log tells of logins: those that stand, and those that ended. */
export interface History {
  readonly open: readonly Login[];
  readonly ended: readonly PastLogin[];
}

/** The answer to `endedLogins` from a document that may have been made a while ago. */
export function endedIn(document: LoginsDocument, after: LogPosition): EndedLogins {
  const [now] = itemsOf(document.now, { source: 'Get-Date' });
  const ended = historyIn(document)
    .ended.filter(({ endedAt }) => endedAt > after)
    .sort((a, b) => (a.endedAt < b.endedAt ? -1 : 1));
  const next = ended.at(-1)?.endedAt ?? after;
  return { logins: ended, next, ...(now ? { lookedAt: instant(millis(now)) } : {}) };
}

/**
 * The log of the local session manager, which every account may read and which tells of sessions at a desktop only; where it cannot be
 * read, the security log. A session that is disconnected runs on, but nobody sits at it, so it counts as ended until somebody reconnects.
 */
export function historyIn(document: LoginsDocument): History {
  const [boot] = itemsOf(document.boot, { source: 'Win32_OperatingSystem' });
  const logons = inOrder(quietly(document.logons));
  if ('fault' in document.desktops && 'items' in document.logons) return loginsInSecurityLog(logons, boot);
  const desktops = inOrder(
    itemsOf(document.desktops, {
      source: 'TerminalServices-LocalSessionManager/Operational',
      remedy: REMEDY,
    }),
  );
  const { open, ended } = sessionsOf(desktops, boot);
  const arrivals = inOrder(quietly(document.arrivals));
  const complete = <L extends Login>(login: L): L => ({
    ...login,
    ...detailsOf(login, { logons, arrivals }),
  });
  return { open: open.map(complete), ended: ended.map(complete) };
}

function sessionsOf(events: readonly LogEvent[], boot: string | undefined): History {
  const open = new Map<string, Login>();
  const ended: PastLogin[] = [];
  const end = (session: string, at: string): void => {
    const login = open.get(session);
    open.delete(session);
    if (login) ended.push({ ...login, endedAt: instant(millis(at)) });
  };
  const endAllBeforeBoot = (at: string): void => {
    if (!boot || millis(at) < millis(boot)) return;
    for (const [session, { startedAt }] of [...open])
      if (millis(startedAt) < millis(boot)) end(session, boot);
  };
  for (const { id, at, values } of events) {
    const [account = '', session = '', address = ''] = values;
    endAllBeforeBoot(at);
    if (LEFT.includes(id)) end(session, at);
    const known = open.get(session);
    const user = userOf(account);
    // The shell starts right after the logon; alone it tells of a logon whose own event was overwritten.
    if (ARRIVED.includes(id) && known?.user === user) continue;
    if (ARRIVED.includes(id) || id === CAME_BACK) {
      end(session, at);
      open.set(session, { user, ...placeOf(address), startedAt: instant(millis(at)) });
    }
  }
  if (boot) endAllBeforeBoot(boot);
  return { open: [...open.values()], ended };
}

/** `DOMAIN\user` */
function userOf(account: string): string {
  return account.slice(account.lastIndexOf('\\') + 1);
}

/**
 * An address, or the word for "local" in the language of Windows. A connection through some tunnels has 16777216 where the address
 * would be: it came from outside, and from where is lost.
 */
function placeOf(address: string): Pick<Login, 'method' | 'from'> {
  if (address.includes('16777216')) return { method: 'rdp' };
  const from = canonicalIp(address);
  if (from) return from === '::' || from === '0.0.0.0' ? { method: 'rdp' } : { method: 'rdp', from };
  return { method: address.trim() === '' ? 'other' : 'console' };
}

interface OtherLogs {
  readonly logons: readonly LogEvent[];
  readonly arrivals: readonly LogEvent[];
}

/** What other logs add: the name that the client gave itself, and where somebody authenticated from (which alone is no session). */
function detailsOf(login: Login, { logons, arrivals }: OtherLogs): Pick<Login, 'clientName' | 'from'> {
  if (login.method !== 'rdp') return {};
  const isNear = ({ at }: LogEvent): boolean => Math.abs(millis(at) - millis(login.startedAt)) <= NEAR_MS;
  const reconnect = logons.find((event) => {
    const [account = '', , , , , address = ''] = event.values;
    const sameFrom = !login.from || canonicalIp(address) === login.from;
    return event.id === RECONNECTED && isNear(event) && isSameUser(account, login.user) && sameFrom;
  });
  const clientName = reconnect?.values[4];
  const arrival = arrivals.findLast(
    (event) => isNear(event) && event.at <= login.startedAt && isSameUser(event.values[0] ?? '', login.user),
  );
  const from = login.from ?? placeOf(arrival?.values[2] ?? '').from;
  return { ...(clientName ? { clientName } : {}), ...(from ? { from } : {}) };
}

function isSameUser(a: string, b: string): boolean {
  return userOf(a).toLowerCase() === b.toLowerCase();
}

/** Of a log that only adds to another. */
function quietly(part: Part<LogEvent>): readonly LogEvent[] {
  return 'items' in part ? part.items : [];
}

function inOrder(events: readonly LogEvent[]): readonly LogEvent[] {
  return events.toSorted((a, b) => millis(a.at) - millis(b.at) || a.record - b.record);
}
