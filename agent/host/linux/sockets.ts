import { MINUTE } from '../../../shared/time.ts';
import type { Connection, Listener, RunningProcess, Socket } from '../host.ts';
import { ipFromWords } from './addresses.ts';
import { type Files, ifAllowed } from './files.ts';

const TABLES = [
  ['tcp', '/proc/net/tcp'],
  ['tcp', '/proc/net/tcp6'],
  ['udp', '/proc/net/udp'],
  ['udp', '/proc/net/udp6'],
] as const;
const TCP_ESTABLISHED = '01';
const TCP_LISTEN = '0A';
const UDP_UNCONNECTED = '07';

/** The kernel walks through all its sockets for each table, some milliseconds long: questions of one moment share an answer. */
const SHARE_MS = 50;

type Path = (typeof TABLES)[number][1];
type Table = (path: Path) => Promise<readonly string[]>;

export interface SocketReader {
  listeners(): Promise<readonly Listener[]>;
  connections(): Promise<readonly Connection[]>;
}

export function socketReader(files: Files): SocketReader {
  const kept = new Map<Path, { readonly lines: readonly string[]; readonly readAt: number }>();
  /** Sockets of IPv6 are counted apart, so that the walk can be spared where there are none. */
  const isEmpty = async (path: string): Promise<boolean> =>
    path.endsWith('/tcp6') && /^TCP6: inuse 0$/m.test((await files.text('/proc/net/sockstat6')) ?? '');
  const fresh = (path: Path) => {
    const before = kept.get(path);
    return before && performance.now() - before.readAt < SHARE_MS ? before.lines : undefined;
  };
  const table: Table = async (path) => {
    const before = fresh(path);
    if (before) return before;
    const lines = (await isEmpty(path)) ? [] : ((await files.text(path)) ?? '').split('\n');
    kept.set(path, { lines, readAt: performance.now() });
    return lines;
  };
  /**
   * The kernel lists what listens before everything else (Documentation/networking/proc_net_tcp), and looks for the rest in a table that
   * grows with the memory of the machine: that walk costs twenty times as much as stopping there.
   */
  const listening: Table = async (path) => {
    if (path.includes('udp')) return table(path);
    const isOther = (line: string, index: number) => index > 0 && stateOf(line) !== TCP_LISTEN;
    return fresh(path) ?? ((await isEmpty(path)) ? [] : ((await files.linesBefore(path, isOther)) ?? []));
  };
  return { listeners: () => readListeners(listening), connections: () => readConnections(table) };
}

function stateOf(line: string): string | undefined {
  return line.trim().split(/\s+/, 4)[3];
}

async function readListeners(table: Table): Promise<readonly Listener[]> {
  const found: Listener[] = [];
  for (const [proto, path] of TABLES) found.push(...listenersIn(await table(path), proto));
  return found;
}

/** A table such as `/proc/net/tcp`: a title line, then slot, local and remote address as hex, state … and the inode tenth. */
function listenersIn(lines: readonly string[], proto: 'tcp' | 'udp'): readonly Listener[] {
  const wanted = proto === 'tcp' ? TCP_LISTEN : UDP_UNCONNECTED;
  return lines.slice(1).flatMap((line) => {
    const [, local = '', , state, , , , , , socket = ''] = line.trim().split(/\s+/);
    const end = endOf(local);
    return state === wanted && end ? [{ proto, ...end, socket }] : [];
  });
}

async function readConnections(table: Table): Promise<readonly Connection[]> {
  const found: Connection[] = [];
  for (const [proto, path] of TABLES) if (proto === 'tcp') found.push(...connectionsIn(await table(path)));
  return found;
}

function connectionsIn(lines: readonly string[]): readonly Connection[] {
  return lines.flatMap((line) => {
    const [, local = '', remote = '', state, , , , , , socket = ''] = line.trim().split(/\s+/);
    if (state !== TCP_ESTABLISHED) return [];
    const [near, far] = [endOf(local), endOf(remote)];
    return near && far ? [{ ...near, peer: far.address, peerPort: far.port, socket }] : [];
  });
}

/** `0100007F:1F90` */
function endOf(text: string): { readonly address: string; readonly port: number } | undefined {
  const [, address, port] = /^((?:[0-9A-F]{8}|[0-9A-F]{32})):([0-9A-F]{4})$/.exec(text) ?? [];
  return address && port ? { address: ipFromWords(address), port: Number.parseInt(port, 16) } : undefined;
}

export interface OwnerOptions {
  readonly files: Files;
  processes(): Promise<readonly RunningProcess[]>;
}

const KEEP_MS = MINUTE;

/** Looks through the open files of all processes once for each new socket; the answer holds while somebody asks for the socket. */
export function ownerReader({ files, processes }: OwnerOptions) {
  const kept = new Map<string, { readonly owner: RunningProcess | undefined; readonly askedAt: number }>();
  return async <S extends Socket>(sockets: readonly S[]): Promise<ReadonlyMap<S, RunningProcess>> => {
    const unknown = new Set(sockets.map(({ socket }) => socket).filter((socket) => !kept.has(socket)));
    const found =
      unknown.size === 0 ? new Map() : await search(files, (await ifAllowed(processes())) ?? [], unknown);
    const now = performance.now();
    for (const [socket, { askedAt }] of kept) if (now - askedAt > KEEP_MS) kept.delete(socket);
    const owners = new Map<S, RunningProcess>();
    for (const one of sockets) {
      const owner = kept.get(one.socket)?.owner ?? found.get(one.socket);
      kept.set(one.socket, { owner, askedAt: now });
      if (owner) owners.set(one, owner);
    }
    return owners;
  };
}

async function search(
  files: Files,
  processes: readonly RunningProcess[],
  sockets: ReadonlySet<string>,
): Promise<ReadonlyMap<string, RunningProcess>> {
  const found = new Map<string, RunningProcess>();
  for (const process of processes) {
    const folder = `/proc/${process.pid}/fd`;
    for (const name of (await ifAllowed(files.list(folder))) ?? []) {
      if (found.size === sockets.size) return found;
      const [, socket] =
        /^socket:\[(\d+)\]$/.exec((await ifAllowed(files.link(`${folder}/${name}`))) ?? '') ?? [];
      if (socket && sockets.has(socket) && !found.has(socket)) found.set(socket, process);
    }
  }
  return found;
}
