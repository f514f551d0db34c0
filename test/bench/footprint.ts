import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { enroll } from '../../agent/enroll.ts';
import { temporaryFolder } from '../support/collector.ts';
import { startPeer } from '../support/collector-peer.ts';
import { type Running, run } from '../support/processes.ts';
import { type Measurement, median, rounded } from './measure.ts';
import { cpuSeconds, residentMb } from './process.ts';

const PROCESSES = 400;
const SETTLE_MS = 30_000;
/** What the agent does for its processes, the peers are asked at the same pace. */
const POLL_MS = 5_000;
const EXPORTER = '/usr/bin/prometheus-node-exporter';
const ZABBIX = '/usr/sbin/zabbix_agent2';
const ZABBIX_ITEMS = ['proc.num[]', 'net.tcp.socket.count[,,,,listen]', 'system.uptime'];
const AGENT = 'agent/dist/farhand-agent.mjs';
/** As agent/README.md says to start it. */
const FLAGS = ['--optimize-for-size', '--max-semi-space-size=1', '--no-opt', '--no-maglev', '--no-sparkplug'];

/** The bundled agent at its default cadence, connected and idle, beside two known agents that are asked as often. */
export async function benchFootprint({
  minutes,
}: {
  readonly minutes: number;
}): Promise<readonly Measurement[]> {
  await using crowd = crowdOf(PROCESSES);
  await using peer = await startPeer();
  const dataDir = join(temporaryFolder(), 'agent');
  await enroll(peer.token(), dataDir);
  const start = await startUp();
  await using agent = await run([...FLAGS, AGENT, 'run', '--data-dir', dataDir, '--log-level', 'error']);
  await using exporter = await program(EXPORTER, [
    '--web.listen-address=127.0.0.1:19100',
    '--log.level=error',
  ]);
  await using zabbix = await program(ZABBIX, ['-f', '-c', zabbixConfig()]);
  const stop = new AbortController();
  const polling = Promise.all([
    exporter && every(POLL_MS, stop.signal, scrape),
    zabbix && every(POLL_MS, stop.signal, pollZabbix),
  ]);
  await pause(SETTLE_MS);
  const all = [agent, exporter, zabbix].map((one) => (one && isAlive(one.pid) ? one : undefined));
  const before = all.map((one) => (one ? cpuSeconds(one.pid) : 0));
  const framesBefore = peer.frames.length;
  await pause(minutes * 60_000 - SETTLE_MS);
  const seconds = minutes * 60 - SETTLE_MS / 1_000;
  const share = all.map((one, index) => (one ? (cpuSeconds(one.pid) - (before[index] ?? 0)) / seconds : 0));
  const memory = all.map((one) => (one ? residentMb(one.pid) : 0));
  stop.abort();
  await polling;
  const bytes = peer.frames.slice(framesBefore).reduce((sum, frame) => sum + Buffer.byteLength(frame), 0);
  return [
    { what: 'agent bundle, start to the end of --version, median of 10', result: `${rounded(start)} ms` },
    ...rowsOf('agent bundle', all[0], { memory: memory[0], share: share[0] }),
    ...rowsOf('prometheus-node-exporter, scraped every 5 s', all[1], {
      memory: memory[1],
      share: share[1],
    }),
    ...rowsOf('zabbix-agent2, three items asked every 5 s', all[2], { memory: memory[2], share: share[2] }),
    {
      what: `agent bundle, frames sent in a quiet hour (extrapolated from ${rounded(seconds / 60, 1)} minutes)`,
      result: `${rounded((bytes / seconds) * 3.6, 1)} kB`,
      goal: '≤ 20 kB',
    },
    { what: 'measured over', result: `${minutes} minutes, ${crowd.count} processes more than otherwise` },
  ];
}

function rowsOf(
  name: string,
  running: object | undefined,
  { memory = 0, share = 0 }: { readonly memory?: number | undefined; readonly share?: number | undefined },
): readonly Measurement[] {
  if (!running) return [{ what: name, result: 'not installed, or it did not start' }];
  const isOurs = name.startsWith('agent');
  return [
    {
      what: `${name}, resident memory`,
      result: `${rounded(memory, 1)} MB`,
      ...(isOurs ? { goal: '≤ 60 MB' } : {}),
    },
    {
      what: `${name}, share of one core`,
      result: `${rounded(share * 100, 2)} %`,
      ...(isOurs ? { goal: '≤ 0.2 %' } : {}),
    },
  ];
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`);
}

async function startUp(): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const startedAt = performance.now();
    await using agent = await run([...FLAGS, AGENT, '--version'], { ready: true });
    times.push(performance.now() - startedAt);
    await agent.kill();
  }
  return median(times);
}

function crowdOf(count: number) {
  const children = Array.from({ length: count }, () => spawn('/bin/sleep', ['36000'], { stdio: 'ignore' }));
  return {
    count,
    async [Symbol.asyncDispose]() {
      const gone = children.map((child) => once(child, 'exit'));
      for (const child of children) child.kill();
      await Promise.all(gone);
    },
  };
}

/** Undefined where it is not installed. */
async function program(
  path: string,
  args: readonly string[],
): Promise<(Pick<Running, 'pid'> & AsyncDisposable) | undefined> {
  if (!existsSync(path)) return undefined;
  const child = spawn(path, [...args], { stdio: 'ignore' });
  await once(child, 'spawn');
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null && child.kill()) await gone;
    },
  };
}

function zabbixConfig(): string {
  const path = join(temporaryFolder(), 'zabbix.conf');
  const lines = [
    'Server=127.0.0.1',
    'ListenIP=127.0.0.1',
    'ListenPort=19050',
    'LogType=console',
    'DebugLevel=1',
  ];
  writeFileSync(
    path,
    `${lines.join('\n')}\nPidFile=${path}.pid\nControlSocket=${path}.sock\nHostname=bench\n`,
  );
  return path;
}

async function every(ms: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await pause(ms, undefined, { signal }).catch(() => undefined);
  }
}

async function scrape(): Promise<void> {
  const answer = await fetch('http://127.0.0.1:19100/metrics').catch(() => undefined);
  await answer?.text();
}

async function pollZabbix(): Promise<void> {
  for (const item of ZABBIX_ITEMS) await askZabbix(item);
}

/** The protocol of zabbix_get, which Debian does not package alone: `ZBXD`, a flag, the length, the item. */
async function askZabbix(item: string): Promise<void> {
  const header = Buffer.alloc(13);
  header.write('ZBXD\u0001', 'latin1');
  header.writeUInt32LE(item.length, 5);
  const socket = createConnection(19_050, '127.0.0.1', () =>
    socket.write(Buffer.concat([header, Buffer.from(item)])),
  );
  socket.on('error', () => socket.destroy()).resume();
  // Until it listens, and while it ends, it refuses: then there is no answer.
  await new Promise((resolve) => socket.once('close', resolve));
}
