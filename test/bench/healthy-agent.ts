import { createPrivateKey } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { delayMs } from '../../agent/backoff.ts';
import { AGENT_PATH, parseCollectorFrame, SUBPROTOCOL } from '../../shared/frames.ts';
import { signHello } from '../support/hello.ts';
import { ANYDESK, began, chainOf, newEpoch } from '../support/raw-agent.ts';
import type { FleetOrder } from './fleet.ts';

const EVERY_MS = 200;

/** One endpoint with no backlog: it says something five times a second and waits for each ack. */
export async function healthyAgent(
  url: string,
  { id, key, address }: FleetOrder['endpoints'][number],
): Promise<{ readonly welcomedMs: number; stop(): Promise<readonly number[]> }> {
  const identity = {
    ...{ url, endpoint: id },
    key: createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }),
  };
  const epoch = newEpoch();
  const start = performance.now();
  for (let failures = 0; ; failures += 1) {
    const open = await connected({ address, identity, epoch });
    if (open) return { ...open, welcomedMs: performance.now() - start };
    await pause(delayMs({}, failures));
  }
}

function connected({
  address,
  identity,
  epoch,
}: {
  readonly address: string;
  readonly identity: Parameters<typeof signHello>[0];
  readonly epoch: string;
}): Promise<{ stop(): Promise<readonly number[]> } | undefined> {
  const socket = new WebSocket(identity.url.replace(/^http/, 'ws') + AGENT_PATH, SUBPROTOCOL, {
    headers: { 'X-Forwarded-For': address },
    rejectUnauthorized: false,
  });
  const chain = chainOf(identity, epoch);
  const sentAt: number[] = [];
  const waits: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('close', () => resolve(undefined));
    socket.on('message', (data) => {
      const frame = parseCollectorFrame(String(data));
      if (frame.type === 'challenge')
        socket.send(JSON.stringify(signHello(identity, frame.nonce, { epoch })));
      else if (frame.type === 'ack')
        waits.push(performance.now() - (sentAt[frame.through - 1] ?? Number.NaN));
      else if (frame.type === 'welcome') {
        timer = setInterval(() => {
          sentAt.push(performance.now());
          socket.send(chain.frame([began(ANYDESK)]));
        }, EVERY_MS);
        resolve({
          async stop() {
            clearInterval(timer);
            while (waits.length < sentAt.length) await pause(10);
            socket.terminate();
            return waits;
          },
        });
      }
    });
  });
}
