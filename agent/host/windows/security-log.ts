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
/** An administrator's logon is written twice, with his full rights and without. */
const TWIN_MS = MINUTE;

/** Logins as the security log tells them, by the position of each value, which no version of an event has changed. */
export function loginsInSecurityLog(events: readonly LogEvent[], boot: string | undefined): History {
  const open = new Map<string, Login>();
  const ended: PastLogin[] = [];
  const end = (id: string, at: string): void => {
    const login = open.get(id);
    open.delete(id);
    if (login) ended.push({ ...login, endedAt: instant(millis(at)) });
  };
  for (const event of events) {
    if (boot && millis(event.at) < millis(boot)) continue;
    const { id, at, values } = event;
    if (LOGGED_OFF.includes(id)) end(values[3] ?? '', at);
    if (id === DISCONNECTED) end(values[2] ?? '', at);
    if (id === RECONNECTED) {
      end(values[2] ?? '', at);
      open.set(values[2] ?? '', reconnectedLogin(event));
    }
    const login = id === LOGGED_ON ? loginOf(event) : undefined;
    if (login && !isKnown(login, [...open.values()], values[8])) open.set(values[7] ?? '', login);
  }
  return { open: [...open.values()], ended };
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

/** The twin of a logon; the unlocking of a session that stands, and its coming back, which 4778 tells of better. */
function isKnown(login: Login, open: readonly Login[], type: string | undefined): boolean {
  return open.some(({ user, method, from, startedAt }) => {
    if (user.toLowerCase() !== login.user.toLowerCase()) return false;
    const isTwin =
      method === login.method && Math.abs(millis(startedAt) - millis(login.startedAt)) <= TWIN_MS;
    return isTwin || (type === UNLOCK && (login.method === 'console' || from === login.from));
  });
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
