import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { DAY, SECOND } from '../../shared/time.ts';
import type { Fleet, Machine } from './fleet.ts';
import type { Random } from './random.ts';
import type { Mark } from './witness.ts';

/** One thing that goes wrong. It resolves when it is over; false when it could not be done just then. */
export interface Fault {
  readonly name: string;
  readonly where: string;
  /** Its figures, drawn when it was chosen, so that one seed always gives one schedule. */
  readonly details: string;
  run(): Promise<boolean>;
}

export interface Copies {
  readonly marks: Map<string, Mark>;
  /** Answers to replayed connections that were not a refusal. */
  readonly accepted: string[];
}

type Body = readonly [details: string, run: () => Promise<unknown> | unknown];
type OfMachine = (machine: Machine, random: Random, copies: Copies) => Body;
type OfCollector = (collector: Fleet['collector'], random: Random) => Body;

/** How often each comes, in relation to the others. */
const OF_MACHINE: Readonly<Record<string, readonly [weight: number, make: OfMachine]>> = {
  cut: [14, ({ proxy }) => ['', () => proxy.cut()]],
  'cut in a frame': [
    10,
    ({ proxy }, random) => {
      const share = random.unit();
      return [`${Math.round(share * 100)} %`, () => proxy.truncate(share)];
    },
  ],
  'answers lost': [
    8,
    ({ proxy }, random) => timed(random.between(100, 1_500), (ms) => proxy.loseAnswers(ms)),
  ],
  'half open': [7, ({ proxy }, random) => timed(random.between(500, 4_000), (ms) => proxy.halfOpen(ms))],
  'said twice': [
    6,
    ({ proxy }, _random, { accepted }) => [
      '',
      async () => {
        const answer = await proxy.replay();
        if (answer.includes('"welcome"') || answer.includes('"ack"')) accepted.push(answer);
      },
    ],
  ],
  delayed: [
    7,
    ({ proxy }, random) =>
      timed(random.between(500, 3_000), (ms) => proxy.delay(random.between(20, 400), ms)),
  ],
  throttled: [
    6,
    ({ proxy }, random) =>
      timed(random.between(500, 3_000), (ms) => proxy.throttle(random.between(500, 20_000), ms)),
  ],
  unreachable: [5, ({ proxy }, random) => timed(random.between(300, 5_000), (ms) => proxy.refuse(ms))],
  killed: [
    14,
    ({ process }, random) =>
      timed(random.between(0, 1_000), (ms) => process.down('SIGKILL', () => pause(ms))),
  ],
  restarted: [4, ({ process }) => ['', () => process.down('SIGTERM')]],
  frozen: [7, ({ process }, random) => timed(random.between(100, 2_000), (ms) => process.freeze(ms))],
  'clock set': [5, ({ stepClock }, random) => clockStep(stepClock, random)],
  'spool locked': [
    3,
    ({ dataDir }, random) =>
      timed(random.between(100, 900), (ms) => locked(join(dataDir, 'spool.sqlite'), ms)),
  ],
  'disk full': [4, (machine, random) => timed(random.between(300, 2_000), (ms) => diskFull(machine, ms))],
  copied: [
    4,
    (machine, _random, { marks }) => [
      '',
      () => machine.process.down('SIGKILL', async () => copyAway(machine, marks)),
    ],
  ],
  restored: [
    4,
    (machine, _random, { marks }) => [
      '',
      async () => {
        if (!marks.has(machine.name)) return false;
        await machine.process.down('SIGKILL', async () => restore(machine, marks));
        return true;
      },
    ],
  ],
};

const OF_COLLECTOR: Readonly<Record<string, readonly [weight: number, make: OfCollector]>> = {
  killed: [
    2.5,
    ({ process }, random) =>
      timed(random.between(0, 1_500), async (ms) => {
        await process.down('SIGKILL', () => pause(ms));
        await process.ready();
      }),
  ],
  restarted: [
    1,
    ({ process }) => [
      '',
      async () => {
        await process.down('SIGTERM');
        await process.ready();
      },
    ],
  ],
  frozen: [2.5, ({ process }, random) => timed(random.between(100, 2_000), (ms) => process.freeze(ms))],
  'clock set': [1.5, ({ stepClock }, random) => clockStep(stepClock, random)],
  'store locked': [
    1.5,
    // Beyond five seconds the store gives up waiting.
    ({ dataDir }, random) =>
      timed(random.chance(0.1) ? 7_000 : random.between(100, 1_500), (ms) =>
        locked(join(dataDir, 'collector.sqlite'), ms),
      ),
  ],
  'disk full': [
    1.5,
    (collector, random) => timed(random.between(300, 2_500), (ms) => diskFull(collector, ms)),
  ],
};

/** Draws the next fault. The same seed draws the same ones, whatever became of those before. */
export function nextFault({ machines, collector }: Fleet, random: Random, copies: Copies): Fault {
  const choice = random.weighted<{ readonly name: string; readonly at: 'machine' | 'collector' }>([
    ...Object.entries(OF_MACHINE).map(([name, [weight]]) => [weight, { name, at: 'machine' }] as const),
    ...Object.entries(OF_COLLECTOR).map(([name, [weight]]) => [weight, { name, at: 'collector' }] as const),
  ]);
  const machine = random.pick(machines);
  const target = choice.at === 'machine' ? machine : collector;
  const [details, work] =
    choice.at === 'machine'
      ? OF_MACHINE[choice.name]![1](machine, random, copies)
      : OF_COLLECTOR[choice.name]![1](collector, random);
  return {
    name: choice.at === 'machine' ? choice.name : `collector ${choice.name}`,
    where: target.name,
    details,
    async run() {
      if (target.busy || (ALONE.has(choice.name) && !target.process.isReady())) return false;
      if (ALONE.has(choice.name)) target.busy = true;
      try {
        return (await work()) !== false;
      } finally {
        if (ALONE.has(choice.name)) target.busy = false;
      }
    },
  };
}

/** These have process and folder to themselves; what happens to the network may come on top of each other. */
const ALONE: ReadonlySet<string> = new Set([
  'killed',
  'restarted',
  'frozen',
  'spool locked',
  'store locked',
  'disk full',
  'copied',
  'restored',
]);

function timed(ms: number, work: (ms: number) => Promise<unknown> | unknown): Body {
  return [`${ms} ms`, () => work(ms)];
}

function clockStep(step: (ms: number) => void, random: Random): Body {
  const ms = random.chance(0.3) ? 0 : Math.round((random.unit() * 4 - 2) * DAY);
  return [`${Math.round(ms / SECOND)} s`, () => step(ms)];
}

/** Another process (this one) has the file to itself for a while. */
async function locked(path: string, ms: number): Promise<boolean> {
  if (!existsSync(path)) return false;
  using database = new DatabaseSync(path, { timeout: 500 });
  try {
    database.exec('begin exclusive');
  } catch {
    // Its owner was writing all that time.
    return false;
  }
  await pause(ms);
  database.exec('rollback');
  return true;
}

async function diskFull({ disk }: Pick<Machine, 'disk'>, ms: number): Promise<boolean> {
  if (!disk || !(await disk.fill())) return false;
  await pause(ms);
  await disk.empty();
  return true;
}

function copyAway({ name, dataDir, witness }: Machine, marks: Map<string, Mark>): void {
  rmSync(`${dataDir}-copy`, { recursive: true, force: true });
  cpSync(dataDir, `${dataDir}-copy`, { recursive: true });
  marks.set(name, witness.mark());
}

function restore({ name, dataDir, witness }: Machine, marks: Map<string, Mark>): void {
  const mark = marks.get(name);
  if (mark === undefined) return;
  rmSync(dataDir, { recursive: true, force: true });
  cpSync(`${dataDir}-copy`, dataDir, { recursive: true });
  witness.destroySince(mark);
}
