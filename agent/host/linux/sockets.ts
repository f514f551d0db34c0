import type { Listener, RunningProcess } from '../host.ts';
import { ipFromWords } from './addresses.ts';
import { type Files, ifAllowed } from './files.ts';

const TABLES = [
  ['tcp', '/proc/net/tcp'],
  ['tcp', '/proc/net/tcp6'],
  ['udp', '/proc/net/udp'],
  ['udp', '/proc/net/udp6'],
] as const;
const TCP_LISTEN = '0A';
const UDP_UNCONNECTED = '07';

export async function readListeners(files: Files): Promise<readonly Listener[]> {
  const found: Listener[] = [];
  for (const [proto, path] of TABLES) found.push(...listenersIn((await files.text(path)) ?? '', proto));
  return found;
}

/** A table such as `/proc/net/tcp`: a title line, then slot, local and remote address as hex, state … and the inode tenth. */
export function listenersIn(table: string, proto: 'tcp' | 'udp'): readonly Listener[] {
  const wanted = proto === 'tcp' ? TCP_LISTEN : UDP_UNCONNECTED;
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , , , socket = ''] = line.trim().split(/\s+/);
      const [, address, port] = /^((?:[0-9A-F]{8}|[0-9A-F]{32})):([0-9A-F]{4})$/.exec(local) ?? [];
      if (state !== wanted || !address || !port) return [];
      return [{ proto, address: ipFromWords(address), port: Number.parseInt(port, 16), socket }];
    });
}

export interface OwnerOptions {
  readonly files: Files;
  processes(): Promise<readonly RunningProcess[]>;
}

/** Looks through the open files of all processes once for each new socket; the answer holds as long as the socket. */
export function ownerReader({ files, processes }: OwnerOptions) {
  let kept = new Map<string, RunningProcess | undefined>();
  return async (sockets: readonly Listener[]): Promise<ReadonlyMap<Listener, RunningProcess>> => {
    const unknown = new Set(sockets.map(({ socket }) => socket).filter((socket) => !kept.has(socket)));
    const found =
      unknown.size === 0 ? new Map() : await search(files, (await ifAllowed(processes())) ?? [], unknown);
    kept = new Map(sockets.map(({ socket }) => [socket, kept.get(socket) ?? found.get(socket)]));
    return new Map(
      sockets.flatMap((listener) => {
        const owner = kept.get(listener.socket);
        return owner ? [[listener, owner] as const] : [];
      }),
    );
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
