import { MINUTE } from '../../../shared/time.ts';
import type { Connection, Listener, RunningProcess, Socket } from '../host.ts';
import { canonicalIp } from '../linux/addresses.ts';
import { MAC_COMMANDS } from './commands.ts';
import { knownLines, linesOf, type Output } from './reading.ts';

interface End {
  readonly address: string;
  readonly port: number;
}

/** A line of netstat, or a file of lsof. */
interface Row {
  readonly proto: 'tcp' | 'udp';
  readonly near: End;
  /** Absent for what is not connected. */
  readonly far?: End;
  readonly state: string;
}

export function listenersIn(text: string): readonly Listener[] {
  return rowsIn(text).flatMap((row) =>
    !row.far && (row.proto === 'udp' || row.state === 'LISTEN')
      ? [{ proto: row.proto, ...row.near, socket: handleOf(row) }]
      : [],
  );
}

export function connectionsIn(text: string): readonly Connection[] {
  return rowsIn(text).flatMap((row) =>
    row.far && row.proto === 'tcp' && row.state === 'ESTABLISHED'
      ? [{ ...row.near, peer: row.far.address, peerPort: row.far.port, socket: handleOf(row) }]
      : [],
  );
}

/** Protocol with the digit of its family (`tcp4 tcp6 tcp46 udp4` …), two queues, both ends, and for TCP the state. */
function rowsIn(text: string): readonly Row[] {
  const known = knownLines(linesOf(text), (line): Row | 'title' | undefined => {
    if (/^(?:Active|Proto)\s/.test(line)) return 'title';
    const [name = '', , , local = '', foreign = '', state = ''] = line.trim().split(/\s+/);
    const [, proto, family] = /^(tcp|udp)(4|6|46)$/.exec(name) ?? [];
    if (proto !== 'tcp' && proto !== 'udp') return undefined;
    const [near, far] = [endOf(local, '.', family), endOf(foreign, '.', family)];
    // Sockets that were never bound have no port.
    return near ? { proto, near, ...(far ? { far } : {}), state } : 'title';
  });
  return known.flatMap((row) => (row === 'title' ? [] : [row]));
}

/** `192.0.2.10.22`, `*.5900`, `fe80::1%lo0.53` of netstat; `*:5900`, `[::1]:53` of lsof. `*.*` is no end. */
function endOf(text: string, separator: '.' | ':', family: string | undefined): End | undefined {
  const at = text.lastIndexOf(separator);
  const [host, port] = [text.slice(0, at).replace(/^\[|\]$/g, ''), text.slice(at + 1)];
  const address = host === '*' ? (family === '4' ? '0.0.0.0' : '::') : canonicalIp(host);
  return address && /^\d{1,5}$/.test(port) ? { address, port: Number(port) } : undefined;
}

function handleOf({ proto, near, far }: Row): string {
  const ends = [near, ...(far ? [far] : [])].map(({ address, port }) => `${address}|${port}`);
  return [proto, ...ends].join(' ');
}

export interface OwnerOptions {
  readonly output: Output;
  processes(): Promise<readonly RunningProcess[]>;
}

/** Another program may open the same port later, and nothing in the list of sockets tells. */
const KEEP_MS = 5 * MINUTE;

/** Asks lsof when a socket is new, and now and then. Without rights it shows the account's own. */
export function ownerReader({ output, processes }: OwnerOptions) {
  const kept = new Map<string, { readonly owner: RunningProcess | undefined; readonly readAt: number }>();
  return async <S extends Socket>(sockets: readonly S[]): Promise<ReadonlyMap<S, RunningProcess>> => {
    const now = performance.now();
    for (const [socket, { readAt }] of kept) if (now - readAt > KEEP_MS) kept.delete(socket);
    if (sockets.some(({ socket }) => !kept.has(socket))) {
      const pids = pidsIn(await output(MAC_COMMANDS.openSockets));
      const byPid = new Map((await processes()).map((process) => [process.pid, process]));
      for (const { socket } of sockets)
        kept.set(socket, { owner: byPid.get(pids.get(socket) ?? -1), readAt: now });
    }
    const owners = new Map<S, RunningProcess>();
    for (const one of sockets) {
      const owner = kept.get(one.socket)?.owner;
      if (owner) owners.set(one, owner);
    }
    return owners;
  };
}

/** The form of lsof for other programs: lines of a letter and a value, `p` beginning a process and `f` a file of it. */
function pidsIn(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let pid = 0;
  let family = '4';
  let proto = '';
  for (const line of linesOf(text)) {
    const [letter, value] = [line[0], line.slice(1)];
    if (letter === 'p') pid = Number(value);
    else if (letter === 't') family = value === 'IPv6' ? '6' : '4';
    else if (letter === 'P') proto = value.toLowerCase();
    else if (letter === 'n' && (proto === 'tcp' || proto === 'udp')) {
      const [local = '', foreign = ''] = value.split('->');
      const [near, far] = [endOf(local, ':', family), endOf(foreign, ':', family)];
      if (!near) continue;
      const handle = handleOf({ proto, near, ...(far ? { far } : {}), state: '' });
      // launchd holds the sockets of what it starts; the program itself tells more.
      const before = found.get(handle);
      if (before === undefined || before === 1) found.set(handle, pid);
    }
  }
  return found;
}
