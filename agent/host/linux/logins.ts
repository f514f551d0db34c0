import { CodedError } from '../../../shared/errors.ts';
import { instant, MINUTE, millis } from '../../../shared/time.ts';
import type { Login } from '../host.ts';
import { canonicalIp } from './addresses.ts';
import { type Files, ifAllowed } from './files.ts';
import { keysOf } from './keys.ts';
import { UTMP_ARCHITECTURES, type UtmpEntry, utmpEntries } from './utmp.ts';

const SESSIONS = '/run/systemd/sessions';
const MAX_SESSIONS = 1_000;
/** What systemd-logind and the login program write of one login may differ by this much. */
const SAME_LOGIN_MS = MINUTE;

/** Sessions that systemd-logind knows, then those that only utmp knows. */
export async function readLogins(files: Files, arch: string): Promise<readonly Login[]> {
  const sessions = await sessionsOf(files);
  const utmp = UTMP_ARCHITECTURES.includes(arch) ? await files.bytes('/run/utmp') : undefined;
  if (!sessions && !utmp) {
    throw new CodedError('PROBE_UNSUPPORTED', { reason: `neither ${SESSIONS} nor a readable /run/utmp` });
  }
  const logins = [...(sessions ?? [])];
  for (const entry of utmp ? utmpEntries(utmp) : []) {
    const login = loginFromUtmp(entry);
    if (login && !logins.some((other) => isSame(login, other))) logins.push(login);
  }
  return logins;
}

async function sessionsOf(files: Files): Promise<readonly Login[] | undefined> {
  const names = await files.list(SESSIONS);
  if (!names) return undefined;
  const found: Login[] = [];
  // Beside each session lies a named pipe such as `2.ref`.
  for (const name of names.filter((name) => /^[A-Za-z0-9]+$/.test(name)).slice(0, MAX_SESSIONS)) {
    const text = await ifAllowed(files.text(`${SESSIONS}/${name}`));
    const login = text === undefined ? undefined : loginFromSession(text);
    if (login) found.push(login);
  }
  return found;
}

/** A state file of systemd-logind. Greeters, lock screens, service managers and sessions that are closing are nobody's login. */
export function loginFromSession(text: string): Login | undefined {
  const keys = keysOf(text);
  const user = keys.get('USER');
  const since = Number(keys.get('REALTIME'));
  if (!user || !(since > 0) || keys.get('STATE') === 'closing') return undefined;
  if (!(keys.get('CLASS') ?? 'user').startsWith('user')) return undefined;
  const host = keys.get('REMOTE_HOST') ?? '';
  const from = canonicalIp(host);
  return {
    user,
    method: methodOf(keys),
    ...(from ? { from } : {}),
    startedAt: instant(Math.floor(since / 1_000)),
  };
}

function methodOf(keys: ReadonlyMap<string, string>): Login['method'] {
  const service = keys.get('SERVICE') ?? '';
  if (service === 'sshd' || service === 'ssh' || service === 'dropbear') return 'ssh';
  if (service.startsWith('xrdp')) return 'rdp';
  if (service.includes('vnc')) return 'vnc';
  const local = keys.get('REMOTE') !== '1' && (keys.has('SEAT') || keys.has('VTNR'));
  return local ? 'console' : 'other';
}

/** Terminals inside a session that is known anyway (a window, tmux, screen) are left out. */
export function loginFromUtmp({ user, line, host, ip, startedAt }: UtmpEntry): Login | undefined {
  if (/^(?:tty\d+|:\d+|seat\d+)$/.test(line)) return { user, method: 'console', startedAt };
  if (host === '' || /^(?::|tmux|screen|login screen)/.test(host)) return undefined;
  const from = canonicalIp(ip ?? host.split(' ', 1)[0] ?? '');
  return { user, method: 'ssh', ...(from ? { from } : {}), startedAt };
}

function isSame(login: Login, other: Login): boolean {
  const near = Math.abs(millis(login.startedAt) - millis(other.startedAt)) <= SAME_LOGIN_MS;
  return (
    near &&
    login.user === other.user &&
    (login.method === other.method || other.method === 'other' || login.from === other.from)
  );
}
