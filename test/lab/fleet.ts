import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enroll } from '../../agent/enroll.ts';
import { output } from '../support/processes.ts';
import { type Disk, mountDisk } from './disk.ts';
import type { EndpointOptions } from './endpoint.ts';
import { type FaultyProxy, startProxy } from './proxy.ts';
import { type Supervised, supervise } from './supervised.ts';
import { type Witness, witness } from './witness.ts';

/** A machine of the laboratory: process, folder, way to the collector, and what it told to have kept. */
export interface Machine {
  readonly name: string;
  readonly endpoint: string;
  readonly dataDir: string;
  readonly process: Supervised;
  readonly proxy: FaultyProxy;
  readonly disk: Disk | undefined;
  readonly witness: Witness;
  /** A fault that has the folder to itself. */
  busy: boolean;
  stepClock(ms: number): void;
}

export interface Fleet extends AsyncDisposable {
  readonly folder: string;
  readonly machines: readonly Machine[];
  readonly collector: Omit<Machine, 'endpoint' | 'proxy' | 'witness'>;
}

export interface FleetOptions {
  readonly endpoints: number;
  /** Of all endpoints together. */
  readonly perSecond: number;
  /** This many of them are agents with their probes, on this machine. */
  readonly agents: number;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const CLOCK = ['--import', here('stepped-clock.ts')];
const SERVER = here('../../server/main.ts');
/** An agent prints nothing; by then it has read its identity and holds its folder. */
const AGENT_STARTS_MS = 1_500;
const SPOOL_BYTES = 64 * 1024 * 1024;
/** One machine has so little room that a longer outage makes it drop. */
const SMALL_SPOOL_BYTES = 256 * 1024;

export async function startFleet({ endpoints, perSecond, agents }: FleetOptions): Promise<Fleet> {
  await using opening = new AsyncDisposableStack();
  const folder = opening.adopt(mkdtempSync(join(tmpdir(), 'farhand-lab-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const port = await freePort();
  const home = opening.use(placeFor(folder, 'collector'));
  const config = join(folder, 'farhand.json');
  const policy = { version: 'lab', everySeconds: { tool: 1 } };
  writeFileSync(config, JSON.stringify({ dataDir: home.dataDir, port, logLevel: 'silent', policy }));

  const flags = ['--uses', String(endpoints), '--config', config];
  const { stdout: token, stderr, code } = await output([SERVER, 'token', 'create', ...flags]);
  if (code !== 0) throw new Error(stderr);
  const collector = opening.use(
    supervise({ args: () => [...CLOCK, SERVER, 'serve', '--config', config], env: home.env }),
  );
  await collector.ready();

  const machines: Machine[] = [];
  for (let index = 0; index < endpoints; index += 1) {
    const name = `endpoint-${String(index + 1).padStart(2, '0')}`;
    const { dataDir, disk, env, ...place } = opening.use(placeFor(folder, name));
    const endpoint = await enroll(token, dataDir, name);
    const proxy = opening.use(await startProxy(port));
    const seen = witness();
    const isAgent = index < agents;
    let run = 0;
    const process = supervise({
      args: () => {
        run += 1;
        seen.begin(run);
        const spoolBytes = index === endpoints - 1 ? SMALL_SPOOL_BYTES : SPOOL_BYTES;
        const rate = perSecond / Math.max(1, endpoints - agents);
        return isAgent
          ? agentArgs(dataDir)
          : driverArgs({ dataDir, url: proxy.url, run, perSecond: rate, spoolBytes });
      },
      env: isAgent ? { ...env, FARHAND_AGENT_COLLECTOR_URL: proxy.url } : env,
      onLine: seen.line,
      ...(isAgent ? { readyAfterMs: AGENT_STARTS_MS } : {}),
    });
    opening.use(process);
    machines.push({
      name,
      endpoint,
      dataDir,
      process,
      proxy,
      disk,
      witness: seen,
      busy: false,
      stepClock: place.step(process),
    });
  }

  const opened = opening.move();
  return {
    folder,
    machines,
    collector: {
      name: 'collector',
      dataDir: home.dataDir,
      process: collector,
      disk: home.disk,
      busy: false,
      stepClock: home.step(collector),
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function driverArgs(options: EndpointOptions): readonly string[] {
  return [...CLOCK, here('endpoint.ts'), JSON.stringify(options)];
}

function agentArgs(dataDir: string): readonly string[] {
  return [...CLOCK, here('../../agent/main.ts'), 'run', '--data-dir', dataDir, '--log-level', 'silent'];
}

/** A data folder on a disk of its own, where mounting is allowed, and a clock that can be set. */
function placeFor(folder: string, name: string) {
  const path = join(folder, name);
  const disk = mountDisk(path);
  const dataDir = join(path, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const clock = join(folder, `${name}.clock`);
  return {
    dataDir,
    disk,
    env: { FARHAND_LAB_CLOCK: clock },
    step: (process: Supervised) => (ms: number) => {
      writeFileSync(clock, String(ms));
      process.signal('SIGUSR2');
    },
    [Symbol.dispose]: () => disk?.[Symbol.dispose](),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}
