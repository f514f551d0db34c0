import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { AGENT_PATH, batchFrame, type Hello, SUBPROTOCOL } from '../../shared/frames.ts';
import { signHello } from '../support/hello.ts';
import { output, run } from '../support/processes.ts';
import { enrollRaw, newEpoch, type RawIdentity } from '../support/raw-agent.ts';
import { batchParts, type FuzzOptions, genuineBatches, helloParts } from './fuzz.ts';
import { mutated } from './mutations.ts';
import { type Random, randomOf } from './random.ts';

export interface SocketFuzzReport {
  readonly frames: number;
  readonly seconds: number;
  /** How the collector answered: a code of a bye, a type of frame, or a close code. */
  readonly answers: Readonly<Record<string, number>>;
  /** In the store although nobody signed it so. */
  readonly forged: readonly string[];
  /** Megabytes of the collector's process at the end of each quarter. */
  readonly resident: readonly number[];
  readonly isAlive: boolean;
}

const SERVER = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const AT_ONCE = 12;
const PATIENCE_MS = 15_000;

/** The same wrong frames, and right ones in the wrong order, over real sockets into a real collector. */
export async function fuzzSockets({ seed, frames }: FuzzOptions): Promise<SocketFuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), 'farhand-fuzz-'));
  const dataDir = join(folder, 'collector');
  const config = join(folder, 'farhand.json');
  const settings = { dataDir, port: 0, logLevel: 'silent', trustedProxies: ['127.0.0.1'] };
  writeFileSync(config, JSON.stringify(settings));
  try {
    await using collector = await run([SERVER, 'serve', '--config', config], { ready: true });
    const url = /http:\/\/\S+?(?=,)/.exec(collector.firstLine)?.[0] ?? '';
    const { stdout: token } = await output([
      SERVER,
      'token',
      'create',
      '--config',
      config,
      '--uses',
      String(AT_ONCE),
    ]);
    const signed = new Set<string>();
    const answers: Record<string, number> = {};
    const resident: number[] = [];
    let left = frames;
    const startedAt = performance.now();
    const worker = async (index: number): Promise<void> => {
      const identity = { ...(await enrollRaw(withUrl(token, url))), url };
      const random = randomOf(seed * 1_000 + index);
      while (left > 0) {
        left -= 1;
        const isQuarter = left % Math.ceil(frames / 4) === 0;
        const answer = await wrongTurn(identity, random, signed);
        answers[answer] = (answers[answer] ?? 0) + 1;
        if (isQuarter) resident.push(residentMegabytes(collector.pid));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => worker(index)));
    const seconds = (performance.now() - startedAt) / 1_000;
    const isAlive = collector.child.exitCode === null && (await fetch(`${url}/enroll`)).status < 500;
    await collector.kill('SIGTERM');
    return { frames, seconds, answers, forged: unsigned(dataDir, signed), resident, isAlive };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One connection, one wrong thing on it, and how the collector took it. */
async function wrongTurn(identity: RawIdentity, random: Random, signed: Set<string>): Promise<string> {
  const epoch = newEpoch();
  const batches = genuineBatches(identity, random, epoch).slice(0, 3);
  const [one, two, three] = batches;
  if (!one || !two || !three) throw new Error('too few batches');
  const address = `198.51.100.${random.between(1, 254)}`;
  const socket = new WebSocket(identity.url.replace(/^http/, 'ws') + AGENT_PATH, SUBPROTOCOL, {
    headers: { 'x-forwarded-for': address },
  });
  const talk = frames(socket);
  try {
    await once(socket, 'open');
    const nonce = String((await talk.next())['nonce']);
    const hello = signHello(identity, nonce, { epoch, next: three.header.last + 1 });
    if (random.chance(0.3)) {
      const parts = random.chance(0.7) ? helloParts(hello) : batchParts(one);
      socket.send(...asText(mutated(parts, helloParts(hello), random).frame));
      return outcome(await talk.next());
    }
    socket.send(JSON.stringify(hello satisfies Hello));
    await talk.next();
    const turn = random.between(0, 9);
    if (turn === 0) return await said(two);
    if (turn === 1) {
      await said(one);
      return await said(one);
    }
    if (turn === 2) return await said(genuineBatches(identity, random)[0] ?? one);
    if (turn === 3) {
      socket.send(JSON.stringify(hello));
      return outcome(await talk.next());
    }
    if (turn === 4) {
      socket.send(Buffer.from(batchFrame(one)));
      return outcome(await talk.next());
    }
    socket.send(...asText(mutated(batchParts(one), batchParts(two), random).frame));
    signed.add(one.payload);
    return outcome(await talk.next());
  } finally {
    socket.terminate();
  }

  async function said(batch: typeof one): Promise<string> {
    signed.add(batch?.payload ?? '');
    socket.send(batch ? batchFrame(batch) : '');
    return outcome(await talk.next());
  }
}

/** Bytes go out as a text frame too, as that is what a text frame must not hold. */
function asText(frame: string | Buffer): [string | Buffer, { binary: boolean }] {
  return [frame, { binary: false }];
}

type Answer = Readonly<Record<string, unknown>>;

function frames(socket: WebSocket): { next(): Promise<Answer> } {
  const ready: Answer[] = [];
  let wake = (): void => {};
  const take = (answer: Answer): void => {
    ready.push(answer);
    wake();
  };
  socket.on('message', (data) => take(JSON.parse(String(data))));
  socket.on('close', (code) => take({ type: `closed ${code}` }));
  socket.on('error', (error) => take({ type: `error ${error.message}` }));
  return {
    async next() {
      const timer = setTimeout(() => take({ type: 'silence' }), PATIENCE_MS);
      while (ready.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      clearTimeout(timer);
      return ready.shift() ?? {};
    },
  };
}

function outcome({ type, code }: Answer): string {
  return String(code ?? type);
}

function unsigned(dataDir: string, signed: ReadonlySet<string>): readonly string[] {
  using database = new DatabaseSync(join(dataDir, 'collector.sqlite'), { readOnly: true });
  return database
    .prepare('select payload from batches')
    .all()
    .map(({ payload }) => inflateRawSync(payload as Uint8Array).toString())
    .filter((payload) => !signed.has(payload));
}

function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

/** The command does not know on which free port the collector listens. */
function withUrl(token: string, url: string): string {
  const parts = JSON.parse(Buffer.from(token.trim().slice(4), 'base64url').toString());
  return `fh1.${Buffer.from(JSON.stringify({ ...parts, url })).toString('base64url')}`;
}
