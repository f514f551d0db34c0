import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enroll } from '../../agent/enroll.ts';
import { readIdentity } from '../../agent/identity.ts';
import { type Link, startLink } from '../../agent/link.ts';
import { openLog as openAgentLog } from '../../agent/log.ts';
import { openSpool } from '../../agent/spool.ts';
import { type Collector, startCollector } from '../../server/collector.ts';
import { readConfig } from '../../server/config.ts';
import { parseStory, type StoryObservation } from '../../server/detect/story.ts';
import type { Log } from '../../server/log.ts';
import { importContractors } from '../../server/store/contractors.ts';
import { VERSION } from '../../shared/version.ts';
import { endingAt, type SimulationClock, simulationClock } from './simulation-clock.ts';
import { until } from './until.ts';

export interface SimulationOptions {
  /** Stories as text, JSON lines. */
  readonly stories: readonly string[];
  readonly folder: string;
  readonly port: number;
  readonly log: Log;
  readonly consoleDir?: string;
  /** An endpoint whose disk is set back by some days on the way, as a restored snapshot does. */
  readonly reverted?: string;
}

/** A collector and a fleet whose spools and links are real; what the machines see and where they are comes from stories. */
export interface Simulation extends AsyncDisposable {
  readonly collector: Collector;
  /** Lives through the stories up to now, in order; then the clock runs on and who was there stays connected. */
  live(each?: (observation: StoryObservation) => Promise<void>): Promise<void>;
}

export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const { folder, log, consoleDir } = options;
  const stories = endingAt(options.stories, Date.now()).map((text) => parseStory(text));
  const observations = stories
    .flatMap((story) => story.observations)
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const clock = simulationClock(observations[0]?.at ?? '');
  mkdirSync(folder, { recursive: true });
  const overridesFile = join(folder, 'overrides.json');
  writeFileSync(overridesFile, JSON.stringify(overridesOf(observations)));

  await using opened = new AsyncDisposableStack();
  const base = readConfig({
    env: {},
    flags: { dataDir: join(folder, 'collector'), port: String(options.port) },
  });
  const collector = opened.use(
    await startCollector({
      config: { ...base, geo: { overridesFile }, trustedProxies: ['127.0.0.1'] },
      log,
      clock: clock.now,
      simulation: true,
      ...(consoleDir === undefined ? {} : { consoleDir }),
    }),
  );
  const declared = stories.flatMap(({ contractors }) => contractors);
  await importContractors(
    collector.store,
    declared.map((profile) => ({ ...profile, endpoints: [] })),
    { at: observations[0]?.at ?? '', actor: 'simulation', source: 'the stories', detail: {} },
  );
  const machines = new Map<string, Machine>();
  for (const { id, contractor } of stories.flatMap(({ endpoints }) => endpoints)) {
    machines.set(
      id,
      opened.use(
        await startMachine({
          id,
          contractor,
          folder,
          collector,
          clock,
          reverts: id === options.reverted,
        }),
      ),
    );
  }
  const disposables = opened.move();

  return {
    collector,
    async live(each) {
      for (const [, together] of Map.groupBy(observations, ({ at }) => at)) {
        // Delivered before the clock moves on: what is found is found when it happened.
        await Promise.all([...machines.values()].map((machine) => machine.settled()));
        for (const observation of together) {
          clock.moveTo(observation.at);
          await machines.get(observation.endpoint)?.live(observation);
          await each?.(observation);
        }
      }
      await Promise.all([...machines.values()].map((machine) => machine.settled()));
      clock.release();
      await collector.settled();
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  };
}

interface MachineOptions {
  readonly id: string;
  readonly contractor: string;
  readonly folder: string;
  readonly collector: Collector;
  readonly clock: SimulationClock;
  readonly reverts: boolean;
}

/** After how many connections the disk is copied, and after how many that copy is put back. */
const [COPIED, PUT_BACK] = [4, 7];

interface Machine extends AsyncDisposable {
  live(observation: StoryObservation): Promise<void>;
  /** Resolves when the collector has what was seen so far; at once while the machine is offline. */
  settled(): Promise<void>;
}

/** One laptop: an egress of the story moves its connection to that address, everything else goes into its spool. */
async function startMachine(options: MachineOptions): Promise<Machine> {
  const { id, contractor, folder, collector, clock, reverts } = options;
  const log = openAgentLog('silent');
  const dataDir = join(folder, 'agents', id);
  await enroll(await collector.token({ contractor }), dataDir, id);
  const identity = readIdentity(dataDir);
  const { endpoint, sign } = identity;
  const open = () => openSpool({ dataDir, endpoint, sign, log, now: clock.now });
  let spool = open();
  let link: Link | undefined;
  let connections = 0;

  const leave = async () => {
    await link?.settled();
    await link?.[Symbol.asyncDispose]();
    link = undefined;
  };
  const snapshots = async () => {
    connections += 1;
    if (!reverts || (connections !== COPIED && connections !== PUT_BACK)) return;
    const [disk, copy] = [join(dataDir, 'spool.sqlite'), join(folder, `${id}.snapshot`)];
    await spool[Symbol.asyncDispose]();
    copyFileSync(...(connections === COPIED ? ([disk, copy] as const) : ([copy, disk] as const)));
    spool = open();
  };
  return {
    async live({ endpoint: _, ...change }) {
      if (change.fact.kind !== 'egress') {
        spool.append([change]);
        return;
      }
      await leave();
      if (change.change === 'ended') return;
      await snapshots();
      const headers = { 'X-Forwarded-For': change.fact.ip };
      const opening = startLink({
        identity,
        spool,
        boot: `boot-of-${id}`,
        version: VERSION,
        log,
        clock: clock.now,
        headers,
      });
      link = opening;
      await until(() => opening.state().connected);
      await opening.settled();
    },
    settled: async () => link?.settled(),
    async [Symbol.asyncDispose]() {
      await leave();
      await spool[Symbol.asyncDispose]();
    },
  };
}

/** The places and networks of the story's addresses, as an operator's own table. */
function overridesOf(observations: readonly StoryObservation[]): readonly object[] {
  const byAddress = new Map<string, object>();
  for (const { change, fact } of observations) {
    if (fact.kind !== 'egress' || change === 'ended') continue;
    const { kind: _, ip, region: _region, intelVersion: _version, ...known } = fact;
    byAddress.set(ip, {
      cidr: `${ip}/${ip.includes(':') ? 128 : 32}`,
      ...known,
      reason: 'simulation',
      confidence: 'certain',
      source: 'the story',
    });
  }
  return [...byAddress.values()];
}
