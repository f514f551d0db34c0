import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { SECOND } from '../../shared/time.ts';

/** How many connections an HTTP server begins to serve in a second; with TLS each costs a handshake, about a millisecond of a core. */
export interface Door extends Disposable {
  /** Connections that wait to be served. */
  readonly waiting: number;
  /** How many were cut because too many waited already. */
  readonly cut: number;
}

export interface DoorOptions {
  readonly perSecond?: number;
  readonly burst?: number;
  /** Beyond these, connections are cut at once, which costs next to nothing; agents come back after a time of their own. */
  readonly mostWaiting?: number;
}

export const CONNECTIONS_PER_SECOND = 250;
/** An office or a browser notices nothing. */
const BURST = 100;
/** Eight seconds; an agent gives up connecting after twenty. */
const MOST_WAITING = 2_000;
const TICK_MS = 20;

/**
 * Makes a crowd queue before its handshakes. It stands before all listeners that the server has by now, whoever brings the connections.
 */
export function putDoor(server: Server, options: DoorOptions = {}): Door {
  const { perSecond = CONNECTIONS_PER_SECOND, burst = BURST, mostWaiting = MOST_WAITING } = options;
  const inside = server.listeners('connection');
  const queue = new Set<Socket>();
  let tokens = burst;
  let cut = 0;
  let closed = false;
  let ticking: NodeJS.Timeout | undefined;

  const enter = (socket: Socket): void => {
    tokens -= 1;
    for (const listener of inside) Reflect.apply(listener, server, [socket]);
  };
  const tick = (): void => {
    tokens = Math.min(burst, tokens + (perSecond * TICK_MS) / SECOND);
    for (const socket of queue) {
      if (tokens < 1) return;
      leave(socket);
      enter(socket);
    }
    if (tokens < burst) return;
    clearInterval(ticking);
    ticking = undefined;
  };
  const onClose = function (this: Socket): void {
    queue.delete(this);
  };
  const leave = (socket: Socket): void => {
    queue.delete(socket);
    socket.off('close', onClose);
    socket.off('error', ignore);
  };
  const arrive = (socket: Socket): void => {
    if (closed) {
      socket.destroy();
      return;
    }
    ticking ??= setInterval(tick, TICK_MS);
    if (queue.size === 0 && tokens >= 1) enter(socket);
    else if (queue.size >= mostWaiting) {
      cut += 1;
      socket.destroy();
    } else {
      queue.add(socket);
      socket.once('close', onClose);
      socket.on('error', ignore);
    }
  };

  server.removeAllListeners('connection');
  server.on('connection', arrive);
  return {
    get waiting() {
      return queue.size;
    },
    get cut() {
      return cut;
    },
    [Symbol.dispose]() {
      closed = true;
      clearInterval(ticking);
      for (const socket of queue) socket.destroy();
    },
  };
}

/** Who breaks off before its turn has nobody to be told. */
function ignore(): void {}
