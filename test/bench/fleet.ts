import { createPrivateKey } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { delayMs } from '../../agent/backoff.ts';
import { AGENT_PATH, parseCollectorFrame, SUBPROTOCOL } from '../../shared/frames.ts';
import { signHello } from '../support/hello.ts';
import { newEpoch } from '../support/raw-agent.ts';
import { workOf } from './sealed-load.ts';

/** A fleet of connections in a thread of their own: each comes back as an agent would until it is where it shall be. */
export interface FleetOrder {
  readonly url: string;
  /** Of each, the endpoint's id, its private key in DER, and the address that a proxy names. */
  readonly endpoints: readonly {
    readonly id: string;
    readonly key: Uint8Array;
    readonly address: string;
  }[];
  /** `bare`: open the connection. `idle`: be welcomed. Otherwise deliver so many observations in one batch. */
  readonly goal: 'bare' | 'idle' | number;
}

export interface FleetReport {
  readonly welcomed: number;
  readonly acked: number;
  readonly refused: number;
  /** Since the start, when the last one was there. */
  readonly welcomedMs: number;
  readonly reachedMs: number;
}

const { url, endpoints, goal }: FleetOrder = workerData;
const start = performance.now();
let [welcomed, acked, refused, welcomedMs] = [0, 0, 0, 0];
const sockets: WebSocket[] = [];

await Promise.all(endpoints.map(keepTrying));
report();

function report(): void {
  parentPort?.postMessage({
    ...{ welcomed, acked, refused, welcomedMs },
    reachedMs: performance.now() - start,
  } satisfies FleetReport);
}

async function keepTrying(endpoint: FleetOrder['endpoints'][number]): Promise<void> {
  // A fleet whose collector has gone is cut at one moment; the first try comes within half a second.
  for (let failures = 0; ; failures += 1) {
    await pause(delayMs({}, failures));
    if (await attempt(endpoint)) return;
    refused += 1;
  }
}

function attempt({ id, key, address }: FleetOrder['endpoints'][number]): Promise<boolean> {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + AGENT_PATH, SUBPROTOCOL, {
    headers: { 'X-Forwarded-For': address },
    perMessageDeflate: false,
    rejectUnauthorized: false,
  });
  const identity = {
    url,
    endpoint: id,
    key: createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }),
  };
  let work: ReturnType<typeof workOf> | undefined;
  return new Promise((resolve) => {
    const reached = () => {
      sockets.push(socket);
      resolve(true);
    };
    socket.on('error', () => {});
    socket.once('close', () => resolve(false));
    if (goal === 'bare') socket.once('open', reached);
    socket.on('message', (data) => {
      const frame = parseCollectorFrame(String(data));
      if (frame.type === 'challenge') {
        if (typeof goal === 'number') work = workOf(identity, { batches: 1, observations: goal });
        const said = work ? { epoch: work.epoch, next: Number(goal) + 1 } : { epoch: newEpoch() };
        socket.send(JSON.stringify(signHello(identity, frame.nonce, said)));
        return;
      }
      if (frame.type === 'welcome') {
        welcomed += 1;
        welcomedMs = performance.now() - start;
        if (goal === 'idle') reached();
      }
      if (frame.type === 'ack' && frame.through === goal) {
        acked += 1;
        reached();
      } else if ((frame.type === 'welcome' || frame.type === 'ack') && frame.credits > 0 && work) {
        socket.send(work.frames[0] ?? '');
      }
    });
  });
}
