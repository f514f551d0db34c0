import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enroll } from '../../agent/enroll.ts';
import { type Identity, readIdentity } from '../../agent/identity.ts';
import { type Link, startLink } from '../../agent/link.ts';
import { openLog as openAgentLog } from '../../agent/log.ts';
import { openSpool, type Spool } from '../../agent/spool.ts';
import { type Collector, startCollector } from '../../server/collector.ts';
import { readConfig } from '../../server/config.ts';
import type { Story, StoryObservation } from '../../server/detect/story.ts';
import type { Log } from '../../server/log.ts';
import { importRoster } from '../../server/store/contractors.ts';
import { DAY, millis } from '../../shared/time.ts';
import { VERSION } from '../../shared/version.ts';
import { type SimulationClock, shifted, simulationClock } from './simulation-clock.ts';

export interface SimulationOptions {
  readonly stories: readonly Story[];
  readonly folder: string;
  readonly port: number;
  readonly log: Log;
  readonly consoleDir?: string;
}

/** A collector and a fleet whose agents' spools and links are real; what they see and where they are is a story. */
export interface Simulation extends AsyncDisposable {
  readonly collector: Collector;
  /** Lives through the stories up to now, in order; then the clock runs on. */
  live(each?: (observation: StoryObservation) => Promise<void>): Promise<void>;
}

export async function startSimulation({
  stories,
  folder,
  port,
  log,
  consoleDir,
}: SimulationOptions): Promise<Simulation> {
  const observations = timedToEndNow(stories.flatMap((story) => story.observations));
  const first = observations[0];
  if (!first) throw new Error('the stories tell of nothing');
  const clock = simulationClock(first.at);
  mkdirSync(folder, { recursive: true });
  const overridesFile = join(folder, 'overrides.json');
  writeFileSync(overridesFile, JSON.stringify(overridesOf(observations)));

  await using opened = new AsyncDisposableStack();
  const base = readConfig({ env: {}, flags: { dataDir: join(folder, 'collector'), port: String(port) } });
  const config = { ...base, geo: { overridesFile }, trustedProxies: ['127.0.0.1'] };
  const collector = opened.use(
    await startCollector({
      config,
      log,
      clock: clock.now,
      simulation: true,
      ...(consoleDir === undefined ? {} : { consoleDir }),
    }),
  );
  const machines = new Map<string, Machine>();
  for (const { endpoints } of stories) {
    for (const { id, contractor } of endpoints) {
      machines.set(id, opened.use(await startMachine({ id, contractor, folder, collector, clock })));
    }
  }
  await importRoster(
    collector.store,
    stories.flatMap(({ contractors }) => contractors.map(rosterEntry)),
    { actor: 'simulation', at: first.at },
  );
  const disposables = opened.move();

  return {
    collector,
    async live(each) {
      for (const observation of observations) {
        clock.moveTo(observation.at);
        await machines.get(observation.endpoint)?.observe(observation);
        await each?.(observation);
      }
      clock.release();
      await collector.settled();
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  };
}

interface Machine extends AsyncDisposable {
  observe(observation: StoryObservation): Promise<void>;
}

interface MachineOptions {
  readonly id: string;
  readonly contractor: string;
  readonly folder: string;
  readonly collector: Collector;
  readonly clock: SimulationClock;
}

/** One laptop: an egress of the story moves its connection to that address, everything else goes into its spool. */
async function startMachine({ id, contractor, folder, collector, clock }: MachineOptions): Promise<Machine> {
  const log = openAgentLog('silent');
  const dataDir = join(folder, 'agents', id);
  await enroll(await collector.token({ contractor }), dataDir, id);
  const identity: Identity = readIdentity(dataDir);
  const spool: Spool = openSpool({
    dataDir,
    endpoint: identity.endpoint,
    sign: identity.sign,
    log,
    now: clock.now,
  });
  let link: Link | undefined;

  const disconnect = async () => {
    await link?.[Symbol.asyncDispose]();
    link = undefined;
  };
  return {
    async observe({ endpoint: _, ...change }) {
      if (change.fact.kind !== 'egress') {
        spool.append([change]);
        await link?.settled();
        return;
      }
      await disconnect();
      if (change.change === 'ended') return;
      link = startLink({
        identity,
        spool,
        boot: `boot-of-${id}`,
        version: VERSION,
        log,
        clock: clock.now,
        headers: { 'X-Forwarded-For': change.fact.ip },
      });
      await link.connected();
      await link.settled();
    },
    async [Symbol.asyncDispose]() {
      await disconnect();
      await spool[Symbol.asyncDispose]();
    },
  };
}

/** Moves all stories by the same number of days, so that the last thing they tell happened within the last day. */
function timedToEndNow(observations: readonly StoryObservation[]): readonly StoryObservation[] {
  const last = Math.max(...observations.map(({ at }) => millis(at)));
  const days = Math.floor((Date.now() - last) / DAY);
  return observations
    .map((observation) => ({ ...observation, at: shifted(observation.at, days) }))
    .toSorted((a, b) => millis(a.at) - millis(b.at));
}
