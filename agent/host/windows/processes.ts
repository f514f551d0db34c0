import type { Connection, Listener, RunningProcess, Socket } from '../host.ts';
import { canonicalIp } from '../linux/addresses.ts';
import type { FastDocument } from './documents.ts';
import { itemsOf } from './parts.ts';

const MAX_PROCESSES = 5_000;
const MAX_SOCKETS = 20_000;
/** The idle process and the kernel. */
const KERNEL = [0, 4];
/** MSFT_NetTCPConnection.State */
const LISTEN = 2;
const ESTABLISHED = 5;

/** An unchanged process stays the same object: a process id is used again, so the time of its start belongs to it. */
export function processReader(): (document: FastDocument) => readonly RunningProcess[] {
  let known: ReadonlyMap<string, RunningProcess> = new Map();
  return ({ processes }) => {
    const found = itemsOf(processes, { source: 'Win32_Process' })
      .filter(({ pid }) => !KERNEL.includes(pid))
      .slice(0, MAX_PROCESSES)
      .map(({ pid, name, started }) => {
        const key = `${pid} ${started ?? ''} ${name}`;
        return [key, known.get(key) ?? { pid, names: [name] }] as const;
      });
    known = new Map(found);
    return [...known.values()];
  };
}

export function listenersIn({ tcp, udp }: FastDocument): readonly Listener[] {
  const listening = itemsOf(tcp, { source: 'MSFT_NetTCPConnection' }).filter(({ state }) => state === LISTEN);
  return [
    ...listening.map((end) => ({ proto: 'tcp' as const, ...end })),
    ...itemsOf(udp, { source: 'MSFT_NetUDPEndpoint' }).map((end) => ({ proto: 'udp' as const, ...end })),
  ]
    .slice(0, MAX_SOCKETS)
    .flatMap(({ proto, address: written, port, pid }) => {
      const address = canonicalIp(written);
      return address ? [{ proto, address, port, socket: `${pid} ${proto} ${address} ${port}` }] : [];
    });
}

export function connectionsIn({ tcp }: FastDocument): readonly Connection[] {
  return itemsOf(tcp, { source: 'MSFT_NetTCPConnection' })
    .filter(({ state }) => state === ESTABLISHED)
    .slice(0, MAX_SOCKETS)
    .flatMap(({ address: near, port, peer: far, peerPort, pid }) => {
      const [address, peer] = [canonicalIp(near), canonicalIp(far)];
      if (!address || !peer) return [];
      return [{ address, port, peer, peerPort, socket: `${pid} tcp ${address} ${port} ${peer} ${peerPort}` }];
    });
}

/** A socket's handle begins with the process id of its owner. */
export function ownersAmong<S extends Socket>(
  processes: readonly RunningProcess[],
  sockets: readonly S[],
): ReadonlyMap<S, RunningProcess> {
  const byPid = new Map(processes.map((process) => [String(process.pid), process]));
  const owners = new Map<S, RunningProcess>();
  for (const one of sockets) {
    const owner = byPid.get(one.socket.split(' ', 1)[0] ?? '');
    if (owner) owners.set(one, owner);
  }
  return owners;
}
