import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { batchCounter, type WireCount } from './wire.ts';

/** Stands between one endpoint and the collector, and does to their connection what networks do. */
export interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
  readonly count: WireCount;
  /** Ends both sides at once. */
  cut(): void;
  /** The next bytes of the endpoint arrive in part, then both sides end. */
  truncate(share: number): void;
  /** What the collector says is lost for a while, then both sides end: committed, but the endpoint does not know. */
  loseAnswers(ms: number): void;
  /** The endpoint's side ends; the collector is not told for a while. */
  halfOpen(ms: number): void;
  /** Says all that the endpoint said on its connection, once more on a connection of its own. Gives what the collector answered. */
  replay(): Promise<string>;
  delay(byMs: number, forMs: number): void;
  throttle(bytesPerSecond: number, forMs: number): void;
  /** Nobody gets through for a while. */
  refuse(forMs: number): void;
  /** From now on it only passes on. */
  heal(): void;
}

interface Pair {
  readonly agent: Socket;
  readonly collector: Socket;
  readonly said: Buffer[];
  deaf: boolean;
}

const RECORDED_BYTES = 256 * 1024;
const SLICES_PER_SECOND = 20;

export async function startProxy(port: number): Promise<FaultyProxy> {
  const pairs = new Set<Pair>();
  const leftOver = new Set<Socket>();
  const count: WireCount = { frames: 0, observations: 0, repeated: 0 };
  const seen = new Set<string>();
  let truncating: number | undefined;
  let delayed = { byMs: 0, until: 0 };
  let throttled = { bytesPerSecond: 0, until: 0 };
  let refusedUntil = 0;

  const end = (pair: Pair): void => {
    pair.agent.destroy();
    pair.collector.destroy();
    pairs.delete(pair);
  };

  const server = createServer({ noDelay: true }, (agent) => {
    agent.on('error', () => agent.destroy());
    if (performance.now() < refusedUntil) {
      agent.resetAndDestroy();
      return;
    }
    const collector = dialed(port);
    const pair: Pair = { agent, collector, said: [], deaf: false };
    pairs.add(pair);
    const counted = batchCounter(count, seen);
    let recorded = 0;
    const upward = async (chunk: Buffer): Promise<void> => {
      if (truncating !== undefined && chunk.length > 64) {
        const part = chunk.subarray(0, Math.ceil(chunk.length * truncating));
        truncating = undefined;
        await written(collector, part);
        end(pair);
        return;
      }
      recorded += chunk.length;
      if (recorded <= RECORDED_BYTES) pair.said.push(chunk);
      await paced(collector, chunk);
      counted(chunk);
    };
    const downward = async (chunk: Buffer): Promise<void> => {
      if (!pair.deaf) await paced(agent, chunk);
    };
    void Promise.race([pump(agent, upward), pump(collector, downward)]).then(() => {
      if (!leftOver.has(collector)) end(pair);
    });
  });

  async function paced(to: Socket, chunk: Buffer): Promise<void> {
    if (performance.now() < delayed.until) await pause(delayed.byMs);
    let rest = chunk;
    while (rest.length > 0 && performance.now() < throttled.until) {
      const slice = Math.ceil(throttled.bytesPerSecond / SLICES_PER_SECOND);
      await written(to, rest.subarray(0, slice));
      rest = rest.subarray(slice);
      await pause(1_000 / SLICES_PER_SECOND);
    }
    if (rest.length > 0) await written(to, rest);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const own = address !== null && typeof address === 'object' ? address.port : 0;
  const cut = () => [...pairs].forEach(end);

  return {
    url: `http://127.0.0.1:${own}`,
    count,
    cut,
    truncate(share) {
      truncating = share;
    },
    loseAnswers(ms) {
      for (const pair of pairs) {
        pair.deaf = true;
        setTimeout(() => end(pair), ms);
      }
    },
    halfOpen(ms) {
      for (const { agent, collector } of pairs) {
        leftOver.add(collector);
        collector.resume();
        agent.destroy();
        setTimeout(() => {
          collector.destroy();
          leftOver.delete(collector);
        }, ms);
      }
      pairs.clear();
    },
    async replay() {
      const [pair] = pairs;
      if (!pair) return '';
      return await answerTo(port, Buffer.concat(pair.said));
    },
    delay(byMs, forMs) {
      delayed = { byMs, until: performance.now() + forMs };
    },
    throttle(bytesPerSecond, forMs) {
      throttled = { bytesPerSecond, until: performance.now() + forMs };
    },
    refuse(forMs) {
      refusedUntil = performance.now() + forMs;
      cut();
    },
    heal() {
      truncating = undefined;
      delayed.until = 0;
      throttled.until = 0;
      refusedUntil = 0;
    },
    async [Symbol.asyncDispose]() {
      cut();
      for (const socket of leftOver) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function dialed(port: number): Socket {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  socket.on('error', () => socket.destroy());
  return socket;
}

/** Ends without a word when either side is gone: that is what the endpoint and the collector must live with. */
async function pump(from: Socket, take: (chunk: Buffer) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of from) await take(chunk);
  } catch (error) {
    if (!from.destroyed) throw error;
  }
}

function written(to: Socket, bytes: Buffer): Promise<void> {
  if (to.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    to.write(bytes, () => resolve());
  });
}

async function answerTo(port: number, bytes: Buffer): Promise<string> {
  const socket = dialed(port);
  const timer = setTimeout(() => socket.destroy(), 3_000);
  let answer = '';
  socket.on('data', (data) => {
    answer += data.toString('latin1');
  });
  socket.write(bytes);
  await new Promise((resolve) => {
    socket.once('close', resolve);
  });
  clearTimeout(timer);
  return answer;
}
