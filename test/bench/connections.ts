import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { addEndpoint } from '../../server/store/endpoints.ts';
import { openStore } from '../../server/store/store.ts';
import { instant, SECOND } from '../../shared/time.ts';
import { temporaryFolder } from '../support/collector.ts';
import { freePort } from '../support/free-port.ts';
import { type Running, run } from '../support/processes.ts';
import { selfSigned } from '../support/self-signed.ts';
import type { FleetOrder, FleetReport } from './fleet.ts';
import { healthyAgent } from './healthy-agent.ts';
import { type Measurement, median, quantile, rounded } from './measure.ts';
import { residentMb } from './process.ts';

const BACKLOG = 100;
/** Buffers of handshakes and of the first frames are collected by then. */
const SETTLE_MS = 5 * SECOND;

type Endpoints = FleetOrder['endpoints'];

/** Idle connections on one collector process, what each costs beside a bare server, and all of them coming back with a backlog. */
export async function benchConnections({
  agents,
}: {
  readonly agents: number;
}): Promise<readonly Measurement[]> {
  const folder = temporaryFolder();
  const { cert, key } = await selfSigned();
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(tls.cert, cert);
  writeFileSync(tls.key, key);
  const dataDir = join(folder, 'collector');
  const [healthy, ...endpoints] = await enrolled(dataDir, agents + 1);
  const config = async (secure: boolean) => {
    const path = join(folder, secure ? 'tls.json' : 'plain.json');
    const port = await freePort();
    writeFileSync(
      path,
      JSON.stringify({ dataDir, port, trustedProxies: ['127.0.0.1'], ...(secure ? { tls } : {}) }),
    );
    return { path, url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}` };
  };
  const [plain, secure] = [await config(false), await config(true)];

  const bareTls = await told('bare, TLS', bare(endpoints, tls));
  const idleTls = await told('idle, TLS', idle(secure, endpoints));
  const back = await told('back', comeBack(secure, endpoints, healthy ? [healthy] : []));
  const barePlain = await told('bare, plain', bare(endpoints));
  const idlePlain = await told('idle, plain', idle(plain, endpoints));

  const kb = (mb: number) => rounded((mb * 1024) / agents, 1);
  const n = rounded(agents);
  return [
    {
      what: `${n} idle connections, resident memory of each: bare \`ws\`, plain and TLS`,
      result: `${kb(barePlain)} kB, ${kb(bareTls)} kB`,
    },
    {
      what: 'the same, welcomed by a collector, plain and TLS',
      result: `${kb(idlePlain.mb)} kB, ${kb(idleTls.mb)} kB`,
    },
    {
      what: 'what the collector adds over TLS',
      result: `${kb(idleTls.mb - bareTls)} kB`,
      goal: '≤ 25 kB',
    },
    {
      what: 'time until all are welcomed, plain and TLS',
      result: `${seconds(idlePlain.ms)}, ${seconds(idleTls.ms)}`,
    },
    {
      what: `after a restart over TLS, each with a backlog of ${BACKLOG}: all welcomed, all committed`,
      result: `${seconds(back.fleet.welcomedMs)}, ${seconds(back.fleet.reachedMs)}; ${rounded(back.fleet.refused)} tries in vain`,
    },
    {
      what: `ack of a healthy agent meanwhile (${rounded(back.waits.length)} batches; it was welcomed after ${seconds(back.healthyMs)})`,
      result: `p50 ${rounded(median(back.waits))} ms, p99 ${rounded(quantile(back.waits, 0.99))} ms`,
      goal: 'p99 ≤ 2 s',
    },
    { what: 'resident memory of the collector at the end of that', result: `${rounded(back.mb)} MB` },
  ];
}

/** Each part takes a minute or so; what was measured by then is not lost with the rest. */
async function told<T>(part: string, measuring: Promise<T>): Promise<T> {
  const measured = await measuring;
  const short = JSON.stringify(measured, (key, value) => (key === 'waits' ? quantile(value, 0.99) : value));
  process.stderr.write(`${part}: ${short}\n`);
  return measured;
}

const seconds = (ms: number): string => `${rounded(ms / SECOND, 1)} s`;

/** Registers keys in the store itself: the enrollment has a pace of its own. */
async function enrolled(dataDir: string, count: number): Promise<Endpoints> {
  await using store = await openStore(dataDir);
  const at = instant(Date.now());
  const made = Array.from({ length: count }, (_, index) => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    return {
      id: `ep-${index}`,
      publicKey: String(publicKey.export({ format: 'jwk' }).x),
      key: privateKey.export({ format: 'der', type: 'pkcs8' }),
      // The range for benchmarks, RFC 2544.
      address: `198.18.${index >> 8}.${index & 255}`,
    };
  });
  await store.db.transaction().execute(async (trx) => {
    for (const { id, publicKey } of made)
      await addEndpoint(trx, { id, contractor: id, hostname: id, publicKey, agentVersion: 'bench' }, at);
  });
  return made.map(({ id, key, address }) => ({ id, key, address }));
}

interface Target {
  readonly path: string;
  readonly url: string;
}

function collectorOf({ path }: Target): Promise<Running> {
  return run(['server/main.ts', 'serve', '--config', path], {
    env: { FARHAND_LOG_LEVEL: 'error' },
    ready: true,
  });
}

async function bare(
  endpoints: Endpoints,
  tls?: { readonly cert: string; readonly key: string },
): Promise<number> {
  await using server = await run(['test/bench/bare-server.ts', ...(tls ? [tls.cert, tls.key] : [])], {
    ready: true,
  });
  const before = residentMb(server.pid);
  await using fleet = launch({ url: server.firstLine, endpoints, goal: 'bare' });
  await fleet.report;
  await pause(SETTLE_MS);
  return residentMb(server.pid) - before;
}

async function idle(target: Target, endpoints: Endpoints) {
  await using collector = await collectorOf(target);
  await pause(SETTLE_MS);
  const before = residentMb(collector.pid);
  await using fleet = launch({ url: target.url, endpoints, goal: 'idle' });
  const { welcomedMs } = await fleet.report;
  await pause(SETTLE_MS);
  return { mb: residentMb(collector.pid) - before, ms: welcomedMs };
}

/** All try in the first half second after the start, as after a crash: one that stops in order spreads them. */
async function comeBack(target: Target, endpoints: Endpoints, [healthy]: Endpoints) {
  if (!healthy) throw new Error('nobody is healthy');
  await using collector = await collectorOf(target);
  await using fleet = launch({ url: target.url, endpoints, goal: BACKLOG });
  const agent = await healthyAgent(target.url, healthy);
  const report = await fleet.report;
  const waits = await agent.stop();
  return { fleet: report, waits, healthyMs: agent.welcomedMs, mb: residentMb(collector.pid) };
}

function launch(order: FleetOrder): AsyncDisposable & { readonly report: Promise<FleetReport> } {
  const worker = new Worker(new URL('fleet.ts', import.meta.url), { workerData: order });
  // Its sockets keep it alive until it is ended.
  const report = once(worker, 'message').then(([told]) => told);
  return {
    report,
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
