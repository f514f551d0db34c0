import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { createToken } from '../../server/gateway/enrollment.ts';
import { openStore } from '../../server/store/store.ts';
import { instant, SECOND } from '../../shared/time.ts';
import { temporaryFolder } from '../support/collector.ts';
import { type Running, run } from '../support/processes.ts';
import { enrollRaw, type RawIdentity } from '../support/raw-agent.ts';
import { type Measurement, median, quantile, rounded } from './measure.ts';
import { cpuSeconds } from './process.ts';
import { partsOf } from './profile.ts';
import {
  type Sender,
  type Size,
  stream,
  toBare,
  toCollector,
  WINDOW,
  type Work,
  workOf,
} from './sealed-load.ts';

const ENDPOINTS = 100;
const ROUNDS = 5;
const FLOOD: Size = { batches: 24, observations: 50 };
const STEADY: Size = { batches: 60, observations: 10 };
const STEADY_RATE = 5_000;

/**
 * Sealed batches from 100 endpoints into a collector process, and the same frames into a bare one, in turn, both on one core
 * while the senders have another; then a steady load, and one flood more under the profiler.
 */
export async function benchIngest(): Promise<readonly Measurement[]> {
  const pinned = pin(process.pid, 1);
  const dataDir = temporaryFolder();
  await using collector = await started(dataDir);
  await using bare = await run(['test/bench/bare-server.ts'], { ready: true });
  pin(bare.pid, 0);
  const identities = await enrolled(urlOf(collector), dataDir);

  const full: Run[] = [];
  const parsed: Run[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const work = identities.map((identity) => workOf(identity, FLOOD));
    parsed.push(await flood(bare.pid, work, () => toBare(bare.firstLine)));
    full.push(await flood(collector.pid, work, toCollector));
  }
  const steady = await atSteadyRate(collector.pid, identities);
  await collector.kill('SIGTERM');

  const share = median(full.map(({ rate }, index) => rate / (parsed[index]?.rate ?? Number.NaN)));
  const cpuShare = median(full.map(({ perCpu }, index) => perCpu / (parsed[index]?.perCpu ?? Number.NaN)));
  const core = pinned ? 'on one core' : 'not pinned to a core';
  return [
    {
      what: `ingest, batches of 50, SQLite FULL, judged beside it, ${core}: observations/s committed`,
      result: rounded(median(full.map(({ rate }) => rate))),
    },
    {
      what: `the same frames into bare \`ws\` + \`JSON.parse\`, ${core}: observations/s`,
      result: rounded(median(parsed.map(({ rate }) => rate))),
    },
    { what: 'share of the bare server, by time', result: `${rounded(share * 100)} %`, goal: 'a quarter' },
    {
      what: 'share of the bare server, per CPU second of the server',
      result: `${rounded(cpuShare * 100)} %`,
    },
    {
      what: `ack at a steady ${rounded(STEADY_RATE)} observations/s in batches of 10`,
      result: `p50 ${rounded(median(steady.waits), 1)} ms, p99 ${rounded(quantile(steady.waits, 0.99), 1)} ms`,
      goal: 'p99 ≤ 15 ms',
    },
    { what: 'the same: share of a core', result: `${rounded(steady.cpu * 100)} %` },
    { what: 'where the time of a flood goes', result: await profiled() },
  ];
}

const urlOf = ({ firstLine }: Running): string => /http:\S+\d/.exec(firstLine)?.[0] ?? '';

async function started(dataDir: string, flags: readonly string[] = []): Promise<Running> {
  const collector = await run([...flags, 'server/main.ts', 'serve', '--port', '0', '--data-dir', dataDir], {
    env: { FARHAND_LOG_LEVEL: 'error' },
    ready: true,
  });
  pin(collector.pid, 0);
  return collector;
}

/** Holds a process with all its threads on one core; false where that cannot be done. */
function pin(pid: number, core: number): boolean {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

interface Run {
  /** Observations a second of time, and a CPU second of the server. */
  readonly rate: number;
  readonly perCpu: number;
}

async function flood(
  pid: number,
  work: readonly Work[],
  open: (work: Work) => Promise<Sender>,
): Promise<Run> {
  const senders = await Promise.all(work.map(async (one) => ({ sender: await open(one), ...one })));
  const cpu = cpuSeconds(pid);
  const start = performance.now();
  await Promise.all(senders.map(({ sender, frames }) => stream(sender, frames)));
  const seconds = (performance.now() - start) / SECOND;
  const observations = work.length * FLOOD.batches * FLOOD.observations;
  const result = { rate: observations / seconds, perCpu: observations / (cpuSeconds(pid) - cpu) };
  await Promise.all(senders.map(({ sender }) => sender.close()));
  return result;
}

/** Each endpoint in its turn sends a batch; how long acks took, and the share of a core. */
async function atSteadyRate(pid: number, identities: readonly RawIdentity[]) {
  const work = identities.map((identity) => workOf(identity, STEADY));
  const senders = await Promise.all(work.map(async (one) => ({ sender: await toCollector(one), ...one })));
  const lines = senders.map(({ sender, frames }) => lineOf(sender, frames));
  const cpu = cpuSeconds(pid);
  const start = performance.now();
  const total = senders.length * STEADY.batches;
  for (let batch = 0; batch < total; ) {
    const due = ((performance.now() - start) / SECOND) * (STEADY_RATE / STEADY.observations);
    for (; batch < Math.min(due, total); batch += 1) lines[batch % lines.length]?.next();
    await pause(1);
  }
  while (lines.some(({ waits }) => waits.length < STEADY.batches)) await pause(10);
  const used = (cpuSeconds(pid) - cpu) / ((performance.now() - start) / SECOND);
  await Promise.all(senders.map(({ sender }) => sender.close()));
  return { waits: lines.flatMap(({ waits }) => waits), cpu: used };
}

/** Sends one frame at a time when it is due, or as soon as the window lets it; what it waits counts from when it was due. */
function lineOf(sender: Sender, frames: readonly string[]) {
  const waits: number[] = [];
  const dueAt: number[] = [];
  let sent = 0;
  const send = () => {
    while (sent < dueAt.length && sent - waits.length < WINDOW) {
      sender.send(frames[sent] ?? '');
      sent += 1;
    }
  };
  sender.onAck(() => {
    waits.push(performance.now() - (dueAt[waits.length] ?? Number.NaN));
    send();
  });
  return {
    waits,
    next() {
      dueAt.push(performance.now());
      send();
    },
  };
}

async function profiled(): Promise<string> {
  const [dataDir, profiles] = [temporaryFolder(), temporaryFolder()];
  await using collector = await started(dataDir, ['--cpu-prof', '--cpu-prof-dir', profiles]);
  const identities = await enrolled(urlOf(collector), dataDir);
  for (let round = 0; round < 2; round += 1) {
    await flood(
      collector.pid,
      identities.map((identity) => workOf(identity, FLOOD)),
      toCollector,
    );
  }
  await collector.kill('SIGTERM');
  return partsOf(profiles);
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
