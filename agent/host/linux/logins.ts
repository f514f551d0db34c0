import { CodedError } from '../../../shared/errors.ts';
import { instant, MINUTE, millis } from '../../../shared/time.ts';
import type { Login } from '../host.ts';
import { canonicalIp } from './addresses.ts';
import { type Files, ifAllowed } from './files.ts';
import { keysOf } from './keys.ts';
import { rdpPeers } from './rdp-peers.ts';
import { type SshOptions, sshLogins } from './ssh-logins.ts';
import { UTMP_ARCHITECTURES, type UtmpEntry, utmpEntries } from './utmp.ts';

const SESSIONS = '/run/systemd/sessions';
const MAX_SESSIONS = 1_000;
/** What systemd-logind and the login program write of one login may differ by this much. */
const SAME_LOGIN_MS = MINUTE;

/** Sessions that systemd-logind knows, then those that only utmp knows; those of SSH servers where neither keeps a list. */
export async function readLogins(options: SshOptions, arch: string): Promise<readonly Login[]> {
  const { files } = options;
  const sessions = await sessionsOf(files);
  const utmp = UTMP_ARCHITECTURES.includes(arch) ? await files.bytes('/run/utmp') : undefined;
  if (!sessions && !utmp) {
    const served = await sshLogins(options);
    if (served) return served;
    const reason = `neither ${SESSIONS} nor a readable /run/utmp, and no SSH server`;
    throw new CodedError('PROBE_UNSUPPORTED', { reason });
  }
  const others: Login[] = [];
  for (const entry of utmp ? utmpEntries(utmp) : []) {
    const login = loginFromUtmp(entry);
    const isKnown = login && sessions?.some((session) => isSame(login, session));
    if (login && !isKnown && (await isAlive(files, entry.pid))) others.push(login);
  }
  return withRdpPeers(files, [...(sessions ?? []), ...others]);
}

/** xrdp does not tell the system from where somebody came. */
async function withRdpPeers(files: Files, logins: readonly Login[]): Promise<readonly Login[]> {
  const isLacking = ({ method, from }: Login): boolean => method === 'rdp' && from === undefined;
  if (!logins.some(isLacking)) return logins;
  const peers = await rdpPeers(files);
  return logins.map((login) => {
    const from = isLacking(login) ? peers.get(login.user) : undefined;
    return from ? { ...login, from } : login;
  });
}

/** A login whose program crashed stays in utmp. Where processes of others are hidden, the entry is believed. */
async function isAlive(files: Files, pid: number): Promise<boolean> {
  return (await files.exists(`/proc/${pid}`)) || !(await files.exists('/proc/1'));
}

async function sessionsOf(files: Files): Promise<readonly Login[] | undefined> {
  const names = await files.list(SESSIONS);
  // An image can bring the folder without anybody who writes it: sd_booted(3) asks for the other one.
  if (!names || (names.length === 0 && !(await files.exists('/run/systemd/system')))) return undefined;
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
function loginFromSession(text: string): Login | undefined {
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

function isSame(login: Login, session: Login): boolean {
  const near = Math.abs(millis(login.startedAt) - millis(session.startedAt)) <= SAME_LOGIN_MS;
  const alike = login.method === session.method || session.method === 'other';
  const sameFrom = login.from === session.from || (alike && !(login.from && session.from));
  return near && login.user === session.user && sameFrom && (alike || login.from !== undefined);
}
