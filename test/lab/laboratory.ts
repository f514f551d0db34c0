import { setTimeout as pause } from 'node:timers/promises';
import { openSpoolToRead } from '../../agent/spool-file.ts';
import { spoolReader } from '../../agent/spool-reader.ts';
import { type Account, accountOf } from './account.ts';
import { type Copies, nextFault } from './faults.ts';
import { type Fleet, type FleetOptions, type Machine, startFleet } from './fleet.ts';
import { randomOf } from './random.ts';

export interface LaboratoryOptions extends FleetOptions {
  readonly seed: number;
  readonly faultsPerSecond: number;
  /** Whether it has gone on long enough. */
  enough(state: Progress): boolean;
  readonly onProgress?: (state: Progress) => void;
  readonly drainMs: number;
  /** Names of faults that are drawn but not done. */
  readonly without?: readonly string[];
}

export interface Progress {
  readonly seconds: number;
  readonly faults: number;
  readonly told: number;
}

export interface Report {
  readonly seed: number;
  readonly seconds: number;
  readonly account: Account;
  /** How often each fault was done. */
  readonly faults: Readonly<Record<string, number>>;
  /** What was drawn from the seed, in order; what could not be done just then is marked so. */
  readonly schedule: readonly string[];
  /** Connections that were said twice and believed. */
  readonly replaysAccepted: number;
  /** Endpoints whose spools were not delivered to the end, with what their links last said. */
  readonly undelivered: readonly string[];
  /** Processes that ended without being told to. */
  readonly ownEnds: Readonly<Record<string, number>>;
  readonly smallDisks: boolean;
}

const PROGRESS_MS = 5_000;

/** Faults of a seed on a fleet of real processes, then quiet until everything is delivered, then the account. */
export async function runLaboratory(options: LaboratoryOptions): Promise<Report> {
  const random = randomOf(options.seed);
  await using fleet = await startFleet(options);
  const copies: Copies = { marks: new Map(), accepted: [] };
  const faults: Record<string, number> = {};
  const schedule: string[] = [];
  const running = new Set<Promise<void>>();
  const startedAt = performance.now();
  let done = 0;
  let toldAt = startedAt;
  const progress = (): Progress => ({
    seconds: (performance.now() - startedAt) / 1_000,
    faults: done,
    told: fleet.machines.reduce((sum, { witness }) => sum + witness.told(), 0),
  });

  while (!options.enough(progress())) {
    const fault = nextFault(fleet, random, copies);
    const at = Math.round(performance.now() - startedAt);
    const line = schedule.push(`${at} ms: ${fault.where} ${fault.name} ${fault.details}`.trimEnd()) - 1;
    const isLeftOut = options.without?.includes(fault.name) ?? false;
    const work = (isLeftOut ? Promise.resolve(false) : fault.run()).then((happened) => {
      if (!happened) {
        schedule[line] += ' (not then)';
        return;
      }
      done += 1;
      faults[fault.name] = (faults[fault.name] ?? 0) + 1;
    });
    running.add(work);
    void work.finally(() => running.delete(work));
    if (performance.now() - toldAt > PROGRESS_MS) {
      toldAt = performance.now();
      options.onProgress?.(progress());
    }
    await pause((random.unit() * 2_000) / options.faultsPerSecond);
  }
  await Promise.all(running);

  const undelivered = await drained(fleet, options.drainMs);
  await Promise.all(fleet.machines.map(({ process }) => process.stop('SIGTERM')));
  await fleet.collector.process.stop('SIGTERM');
  return {
    seed: options.seed,
    seconds: progress().seconds,
    account: accountOf(fleet),
    faults,
    schedule,
    replaysAccepted: copies.accepted.length,
    undelivered,
    ownEnds: Object.fromEntries(
      [...fleet.machines, fleet.collector]
        .map(({ name, process }) => [name, process.ownEnds()] as const)
        .filter(([, ends]) => ends > 0),
    ),
    smallDisks: fleet.collector.disk !== undefined,
  };
}

/** Lets the endpoints fall silent, and waits until nothing is left in their spools. Gives those that were not done in time. */
async function drained({ machines, collector }: Fleet, withinMs: number): Promise<readonly string[]> {
  for (const { proxy, process } of machines) {
    proxy.heal();
    process.say('quiet');
  }
  await Promise.all([collector, ...machines].map(({ process }) => process.ready()));
  // A process that had just begun when it was told may not have listened yet.
  for (const { process } of machines) process.say('quiet');
  const deadline = performance.now() + withinMs;
  let left = machines.map((machine) => ({ machine, state: stateOf(machine) }));
  while (performance.now() < deadline) {
    left = machines
      .map((machine) => ({ machine, state: stateOf(machine) }))
      .filter(({ state }) => state === undefined || state.waiting > 0);
    if (left.length === 0) return [];
    await pause(200);
  }
  return left.map(({ machine, state }) => `${machine.name}: ${state?.waiting} wait, link ${state?.link}`);
}

function stateOf({ dataDir }: Machine) {
  using database = openSpoolToRead(dataDir);
  if (!database) return undefined;
  const reader = spoolReader(database);
  const { oldest, next } = reader.position();
  return { waiting: next - oldest, link: reader.kept('link') };
}
