import { instant, MINUTE, millis } from '../../../shared/time.ts';
import type { Login } from '../host.ts';
import { canonicalIp } from '../linux/addresses.ts';
import type { LogEvent } from './documents.ts';
import type { History, PastLogin } from './logins.ts';

const LOGGED_ON = 4624;
const LOGGED_OFF = [4634, 4647];
export const RECONNECTED = 4778;
const DISCONNECTED = 4779;

/** Logon types: at the machine, and the same from kept credentials; unlocking or coming back; remote desktop. */
const CONSOLE = ['2', '11'];
const UNLOCK = '7';
const REMOTE = '10';
const TWIN_MS = MINUTE;

/** Logins as the security log tells them, by the position of each value, which no version of an event has changed. */
export function loginsInSecurityLog(events: readonly LogEvent[], boot: string | undefined): History {
  const open = new Map<string, Login>();
  const ended: PastLogin[] = [];
  /** The logon that made a person's session; it stays the same when the session is left and come back to. */
  const logonOf = new Map<string, string>();
  const end = (id: string, at: string): void => {
    const login = open.get(id);
    open.delete(id);
    if (login) ended.push({ ...login, endedAt: instant(millis(at)) });
  };
  const begin = (id: string, login: Login): void => {
    const before = open.get(id);
    if (before && isTwin(before, login)) {
      open.set(id, { ...login, startedAt: before.startedAt });
      return;
    }
    end(id, login.startedAt);
    open.set(id, login);
    logonOf.set(login.user.toLowerCase(), id);
  };
  for (const event of events) {
    if (boot && millis(event.at) < millis(boot)) continue;
    const { id, at, values } = event;
    if (LOGGED_OFF.includes(id)) end(values[3] ?? '', at);
    if (id === DISCONNECTED) end(values[2] ?? '', at);
    if (id === RECONNECTED) begin(values[2] ?? '', reconnectedLogin(event));
    const login = id === LOGGED_ON ? loginOf(event) : undefined;
    if (!login) continue;
    const own = values[7] ?? '';
    const session = logonOf.get(login.user.toLowerCase()) ?? own;
    const standing = open.get(session);
    // Unlocking is a logon that is over at once: it stands for the session that it opens.
    if (values[8] === UNLOCK) {
      if (!standing || login.method === 'rdp') begin(session, login);
    } else if (!standing || !isTwin(standing, login)) begin(own, login);
  }
  return { open: [...open.values()], ended };
}

/** An administrator's logon is written twice, with his full rights and without; so is a return, by its logon and by 4778. */
function isTwin(a: Login, b: Login): boolean {
  const near = Math.abs(millis(a.startedAt) - millis(b.startedAt)) <= TWIN_MS;
  return near && a.method === b.method && a.from === b.from;
}

/** Of an account of a person, by its SID, and made by the logon window: the same event tells of services and of `runas`. */
function loginOf({ at, values }: LogEvent): Login | undefined {
  const [, , , , sid = '', user = '', , , type = '', maker = ''] = values;
  if (!/^S-1-(?:5-21|12-1)-/.test(sid) || maker.trim() !== 'User32') return undefined;
  const from = remoteIp(values[18]);
  const isRemote = type === REMOTE || (type === UNLOCK && from !== undefined);
  if (!isRemote && type !== UNLOCK && !CONSOLE.includes(type)) return undefined;
  return {
    user,
    method: isRemote ? 'rdp' : 'console',
    ...(isRemote && from ? { from } : {}),
    startedAt: instant(millis(at)),
  };
}

/** Account, domain, logon, session, client's name, client's address. The session is `Console` or `RDP-Tcp#5`, in every language. */
function reconnectedLogin({ at, values }: LogEvent): Login {
  const [user = '', , , session = '', clientName = '', address] = values;
  const startedAt = instant(millis(at));
  if (session.toLowerCase() === 'console') return { user, method: 'console', startedAt };
  const from = remoteIp(address);
  return { user, method: 'rdp', ...(from ? { from } : {}), ...(clientName ? { clientName } : {}), startedAt };
}

function remoteIp(written = ''): string | undefined {
  const ip = written.includes('16777216') ? undefined : canonicalIp(written);
  return ip && ip !== '::' && ip !== '0.0.0.0' && ip !== '::1' && !ip.startsWith('127.') ? ip : undefined;
}
