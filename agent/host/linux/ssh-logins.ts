import { instant } from '../../../shared/time.ts';
import type { Connection, Login, RunningProcess } from '../host.ts';
import { type Files, ifAllowed } from './files.ts';

/** Processes that serve one connection: of OpenSSH since 9.8, and before. */
const SERVERS = ['sshd-session', 'sshd'];
/** Since 2.6 the kernel gives times to programs in hundredths of a second, whatever it counts in itself. */
const TICKS_PER_SECOND = 100;

export interface SshOptions {
  readonly files: Files;
  processes(): Promise<readonly RunningProcess[]>;
  connections(): Promise<readonly Connection[]>;
}

/**
 * Logins over SSH by the processes that serve them, for machines where neither systemd-logind nor utmp keeps a list. Undefined where
 * no SSH server runs: then there may be logins that nothing tells of. The peer is known only with the right to see whose socket it is.
 */
export async function sshLogins(options: SshOptions): Promise<readonly Login[] | undefined> {
  const { files } = options;
  const servers = ((await ifAllowed(options.processes())) ?? []).filter(({ names }) =>
    names.some((name) => SERVERS.includes(name)),
  );
  if (servers.length === 0) return undefined;
  const found = new Map<
    number,
    { readonly user: string; readonly parent: number; readonly startedAt: string }
  >();
  for (const { pid } of servers) {
    const user = userIn((await ifAllowed(files.head(`/proc/${pid}/cmdline`, 512))) ?? '');
    const birth = user ? await birthOf(files, pid) : undefined;
    if (user && birth) found.set(pid, { user, ...birth });
  }
  if (found.size === 0) return [];
  const peers = new Map((await options.connections()).map(({ socket, peer }) => [socket, peer]));
  const logins: Login[] = [];
  for (const [pid, { user, parent, startedAt }] of found) {
    // The half with rights holds nothing but the connection; the other one those that it forwards as well.
    const sockets = [...(await socketsOf(files, parent)), ...(await socketsOf(files, pid))];
    const from = sockets.map((socket) => peers.get(socket)).find((peer) => peer !== undefined);
    logins.push({ user, method: 'ssh', ...(from ? { from } : {}), startedAt });
  }
  return logins;
}

/**
 * The server writes into its own title whom it serves: `sshd: ada@pts/0`, `sshd-session: ada@notty`. Its other half with rights says
 * `[priv]`, and before the login it says `[preauth]` or `[accepted]`.
 */
function userIn(title: string): string | undefined {
  return /^sshd(?:-session)?: ([^\s@[\]]+)@[a-z0-9/,]+\0*$/.exec(title)?.[1];
}

/** Fields 4 and 22 of `/proc/pid/stat`, counted after the name, which stands in brackets and may hold any character. */
async function birthOf(
  files: Files,
  pid: number,
): Promise<{ parent: number; startedAt: string } | undefined> {
  const stat = (await ifAllowed(files.text(`/proc/${pid}/stat`))) ?? '';
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [, boot] = /^btime (\d+)$/m.exec((await files.text('/proc/stat')) ?? '') ?? [];
  const [parent, ticks] = [Number(fields[1]), Number(fields[19])];
  if (!boot || !Number.isFinite(ticks)) return undefined;
  const seconds = Number(boot) + Math.floor(ticks / TICKS_PER_SECOND);
  return { parent, startedAt: instant(seconds * 1_000) };
}

/** In the order in which the process opened them. */
async function socketsOf(files: Files, pid: number): Promise<readonly string[]> {
  const names = (await ifAllowed(files.list(`/proc/${pid}/fd`))) ?? [];
  const found: string[] = [];
  for (const name of [...names].sort((a, b) => Number(a) - Number(b))) {
    const target = (await ifAllowed(files.link(`/proc/${pid}/fd/${name}`))) ?? '';
    const [, socket] = /^socket:\[(\d+)\]$/.exec(target) ?? [];
    if (socket) found.push(socket);
  }
  return found;
}
