import { once } from 'node:events';
import { WebSocket } from 'ws';
import { CATALOG } from '../../shared/catalog/index.ts';
import type { Fact } from '../../shared/facts.ts';
import { AGENT_PATH, SUBPROTOCOL } from '../../shared/frames.ts';
import type { Change } from '../../shared/observation.ts';
import { chainOf, newEpoch, openRaw, type RawIdentity } from '../support/raw-agent.ts';

/** How many batches each connection keeps on the way, as agents do. */
export const WINDOW = 8;

/** One endpoint's sealed batches, ready to be sent. */
export interface Work {
  readonly identity: RawIdentity;
  readonly epoch: string;
  readonly frames: readonly string[];
}

export interface Size {
  readonly batches: number;
  readonly observations: number;
}

export function workOf(identity: RawIdentity, { batches, observations }: Size): Work {
  const epoch = newEpoch();
  const chain = chainOf(identity, epoch);
  const frames = Array.from({ length: batches }, (_, batch) =>
    chain.frame(Array.from({ length: observations }, (_, index) => changeOf(batch * observations + index))),
  );
  return { identity, epoch, frames };
}

/** Tools that come and go: each observation opens or ends a span. */
function changeOf(index: number): Change {
  const tool = CATALOG.tools[index % CATALOG.tools.length]?.id ?? 'anydesk';
  const fact: Fact = {
    kind: 'tool',
    tool,
    state: 'running',
    category: 'remote-access',
    signs: [{ by: 'process', name: tool }],
    version: '1.2.3',
  };
  return index % 2 === 0
    ? { change: 'began', fact }
    : { change: 'ended', fact: { kind: 'tool', tool, state: 'running' } };
}

/** An open connection to whoever acknowledges batches, in the order in which they were sent. */
export interface Sender {
  send(text: string): void;
  onAck(take: () => void): void;
  close(): Promise<void>;
}

export async function toCollector({ identity, epoch }: Work): Promise<Sender> {
  const connection = await openRaw(identity, { epoch });
  return {
    send: connection.send,
    onAck: (take) => {
      const pump = async () => {
        for (;;) {
          const frame = await connection.next();
          if (frame.type !== 'ack') throw new Error(JSON.stringify(frame));
          take();
        }
      };
      void pump();
    },
    close: async () => connection[Symbol.asyncDispose](),
  };
}

export async function toBare(url: string): Promise<Sender> {
  const socket = new WebSocket(url.replace('http', 'ws') + AGENT_PATH, SUBPROTOCOL);
  await once(socket, 'open');
  return {
    send: (text) => socket.send(text),
    onAck: (take) => socket.on('message', () => take()),
    close: async () => socket.terminate(),
  };
}

/** Sends all frames as fast as the window lets it; resolves with the last ack. */
export function stream(sender: Sender, frames: readonly string[]): Promise<void> {
  let sent = 0;
  let acked = 0;
  return new Promise((resolve) => {
    const more = () => {
      while (sent < frames.length && sent - acked < WINDOW) {
        sender.send(frames[sent] ?? '');
        sent += 1;
      }
    };
    sender.onAck(() => {
      acked += 1;
      if (acked === frames.length) resolve();
      else more();
    });
    more();
  });
}
