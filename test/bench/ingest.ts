import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createToken } from '../../server/gateway/enrollment.ts';
import { openStore } from '../../server/store/store.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import type { Fact } from '../../shared/facts.ts';
import { AGENT_PATH, SUBPROTOCOL } from '../../shared/frames.ts';
import type { Change } from '../../shared/observation.ts';
import { instant } from '../../shared/time.ts';
import { temporaryFolder } from '../support/collector.ts';
import { run } from '../support/processes.ts';
import { chainOf, enrollRaw, newEpoch, openRaw, type RawIdentity } from '../support/raw-agent.ts';
import { type Measurement, median, rounded } from './measure.ts';
import { cpuSeconds } from './process.ts';

const ENDPOINTS = 100;
const BATCHES = 12;
const OBSERVATIONS = 50;
const ROUNDS = 5;
/** How many batches each connection keeps on the way, as agents do. */
const WINDOW = 8;

/** Sealed batches of 50 from 100 endpoints into a collector process, and the same frames into a bare one, in turn. */
export async function benchIngest(): Promise<readonly Measurement[]> {
  const dataDir = temporaryFolder();
  await using collector = await run(['server/main.ts', 'serve', '--port', '0', '--data-dir', dataDir], {
    env: { FARHAND_LOG_LEVEL: 'error' },
    ready: true,
  });
  await using bare = await run(['test/bench/bare-server.ts'], { ready: true });
  const url = /http:\S+\d/.exec(collector.firstLine)?.[0] ?? '';
  const identities = await enrolled(url, dataDir);

  const full: Run[] = [];
  const parsed: Run[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const work = identities.map((identity) => workOf(identity));
    parsed.push(
      await timed(bare.pid, () =>
        Promise.all(work.map(({ epoch, frames }) => stream(bareSocket(bare.firstLine), { epoch, frames }))),
      ),
    );
    full.push(
      await timed(collector.pid, () =>
        Promise.all(
          work.map(({ identity, epoch, frames }) =>
            stream(collectorSocket(identity, epoch), { epoch, frames }),
          ),
        ),
      ),
    );
  }
  await collector.kill('SIGTERM');
  const share = median(full.map(({ rate }, index) => rate / (parsed[index]?.rate ?? Number.NaN)));
  const cpuShare = median(full.map(({ perCpu }, index) => perCpu / (parsed[index]?.perCpu ?? Number.NaN)));
  return [
    {
      what: 'ingest, batches of 50, SQLite FULL: observations/s committed',
      result: rounded(median(full.map(({ rate }) => rate))),
    },
    {
      what: 'the same frames into bare `ws` + `JSON.parse`: observations/s',
      result: rounded(median(parsed.map(({ rate }) => rate))),
    },
    {
      what: 'share of the bare server, by time',
      result: `${rounded(share * 100)} %`,
      goal: 'a quarter (next milestone)',
    },
    {
      what: 'share of the bare server, per CPU second of the server',
      result: `${rounded(cpuShare * 100)} %`,
    },
  ];
}

interface Run {
  /** Observations a second of time, and a CPU second of the server. */
  readonly rate: number;
  readonly perCpu: number;
}

async function timed(pid: number, work: () => Promise<unknown>): Promise<Run> {
  const cpu = cpuSeconds(pid);
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1_000;
  const observations = ENDPOINTS * BATCHES * OBSERVATIONS;
  return { rate: observations / seconds, perCpu: observations / (cpuSeconds(pid) - cpu) };
}

async function enrolled(url: string, dataDir: string): Promise<readonly RawIdentity[]> {
  await using store = await openStore(dataDir);
  const now = Date.now();
  const token = await createToken(store.db, {
    url,
    uses: ENDPOINTS,
    expiresAt: now + 3_600_000,
    at: instant(now),
  });
  return Promise.all(Array.from({ length: ENDPOINTS }, () => enrollRaw(token)));
}

function workOf(identity: RawIdentity) {
  const epoch = newEpoch();
  const chain = chainOf(identity, epoch);
  return {
    identity,
    epoch,
    frames: Array.from({ length: BATCHES }, (_, index) => chain.frame(changes(index))),
  };
}

/** Tools that come and go: each observation opens or ends a span. */
function changes(batch: number): readonly Change[] {
  return Array.from({ length: OBSERVATIONS }, (_, index) => {
    const tool = CATALOG.tools[(batch * OBSERVATIONS + index) % CATALOG.tools.length]?.id ?? 'anydesk';
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
  });
}

type Sender = Promise<{
  send(text: string): void;
  onMessage(take: (frame?: unknown) => void): void;
  close(): void | Promise<void>;
}>;

async function collectorSocket(identity: RawIdentity, epoch: string): Sender {
  const connection = await openRaw(identity, { epoch });
  return {
    send: connection.send,
    onMessage: (take) => {
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

async function bareSocket(url: string): Sender {
  const socket = new WebSocket(url.replace('http', 'ws') + AGENT_PATH, SUBPROTOCOL);
  await once(socket, 'open');
  return {
    send: (text) => socket.send(text),
    onMessage: (take) => socket.on('message', (data) => take(JSON.parse(String(data)))),
    close: () => socket.terminate(),
  };
}

/** Sends all frames with a bounded number unacknowledged; resolves with the last ack. */
async function stream(
  opening: Sender,
  { frames }: { readonly epoch: string; readonly frames: readonly string[] },
): Promise<void> {
  const socket = await opening;
  let sent = 0;
  let acked = 0;
  await new Promise<void>((resolve) => {
    const more = () => {
      while (sent < frames.length && sent - acked < WINDOW) {
        socket.send(frames[sent] ?? '');
        sent += 1;
      }
    };
    socket.onMessage(() => {
      acked += 1;
      if (acked === frames.length) resolve();
      else more();
    });
    more();
  });
  await socket.close();
}
