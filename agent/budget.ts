import type { FactOf } from '../shared/facts.ts';
import type { Ceiling } from '../shared/policy.ts';
import { MINUTE, SECOND } from '../shared/time.ts';
import type { Cost } from './host/own-cost.ts';

/** The averages that a policy speaks of. */
const WINDOW_MS = 5 * MINUTE;
const SAMPLE_MS = 5 * SECOND;
/** What the rounds would cost unstretched is taken from this last part of the window. */
const RECENT_MS = MINUTE;
const MAX_STRETCH = 12;
/** In the long run it aims well below the ceiling. */
const AIM = 0.75;
/** What is left of a window may be spent in its third part, so that a start passes, and in its eighth part at least. */
const EDGE = 0.95;
const LEISURE = 3;
const HASTE = 8;
const FASTEST_RISE = 2;
const FASTEST_FALL = 1.1;
/** A stretch this small is not worth telling. */
const TOLD_FROM = 1.25;
const STEPS = [1, 2, 4, 8, MAX_STRETCH] as const;

/** A piece of time that ended at `at`, and what it cost while rounds were stretched by `stretch`. */
export interface Sample {
  readonly at: number;
  readonly forMs: number;
  readonly cpuMs: number;
  readonly memoryMb: number;
  readonly stretch: number;
}

export interface Strain {
  /** By how much rounds are to be stretched; 1 leaves them as they are. */
  readonly stretch: number;
  /** The rounds alone would have to be stretched, or are too costly even so. */
  readonly isOverCpu: boolean;
  readonly isOverMemory: boolean;
}

/** Decides by the samples of the window alone. */
export function strainOf(window: readonly Sample[], ceiling: Ceiling): Strain {
  const now = window.at(-1);
  if (!now) return { stretch: 1, isOverCpu: false, isOverMemory: false };
  // Time before the agent ran cost nothing.
  const cpuPercent = (100 * sum(window.map(({ cpuMs }) => cpuMs))) / WINDOW_MS;
  const memoryMb = sum(window.map((sample) => sample.memoryMb)) / window.length;
  const recent = window.filter(({ at }) => at > now.at - RECENT_MS);
  const recentMs = Math.max(RECENT_MS / 2, sum(recent.map(({ forMs }) => forMs)));
  const demand = (100 * sum(recent.map(({ cpuMs, stretch }) => cpuMs * stretch))) / recentMs;
  const left = Math.max(0, EDGE * ceiling.cpuPercent - cpuPercent);
  const affordable = Math.min(Math.max(AIM * ceiling.cpuPercent, left * LEISURE), left * HASTE);
  const forCpu = demand === 0 ? 1 : demand / affordable;
  // Less work leaves less garbage: 20 % too much memory halves the pace.
  const wanted = Math.max(forCpu, (memoryMb / ceiling.memoryMb) ** 4);
  const paced = Math.min(Math.max(wanted, now.stretch / FASTEST_FALL), now.stretch * FASTEST_RISE);
  return {
    stretch: Math.min(MAX_STRETCH, Math.max(1, paced)),
    isOverCpu: cpuPercent > ceiling.cpuPercent || forCpu >= TOLD_FROM,
    isOverMemory: memoryMb > ceiling.memoryMb,
  };
}

export interface BudgetOptions {
  readonly cost: () => Cost;
  readonly mono: () => number;
  readonly ceiling: () => Ceiling;
}

export interface Budget {
  /** By how much rounds are stretched now. Measures at most every five seconds. */
  stretch(): number;
  /** What the `agent` fact says of it. */
  told(): FactOf<'agent'>['budget'];
}

/** Keeps the agent below its ceiling by looking less often. What was spent until now counts, so a costly start is seen. */
export function newBudget({ cost, mono, ceiling }: BudgetOptions): Budget {
  let window: readonly Sample[] = [];
  let measuredAt = mono();
  let spentMs = 0;
  let stretch = 1;
  let told: FactOf<'agent'>['budget'];
  let calmSince = 0;

  const tell = (strain: Strain): void => {
    if (strain.isOverCpu || strain.isOverMemory) {
      told = worse(told, strain);
      calmSince = measuredAt;
    } else if (measuredAt - calmSince >= WINDOW_MS) {
      told = undefined;
    }
  };

  const measure = (): void => {
    const now = mono();
    if (now - measuredAt < SAMPLE_MS) return;
    const { cpuMs, memoryMb } = cost();
    const sample = { at: now, forMs: now - measuredAt, cpuMs: cpuMs - spentMs, memoryMb, stretch };
    window = [...window.filter(({ at }) => at > now - WINDOW_MS), sample];
    measuredAt = now;
    spentMs = cpuMs;
    const strain = strainOf(window, ceiling());
    stretch = strain.stretch;
    tell(strain);
  };

  return {
    stretch() {
      measure();
      return stretch;
    },
    told: () => told,
  };
}

/** Only ever more until it is over, so that it is told a few times and not in every round. */
function worse(
  before: FactOf<'agent'>['budget'],
  { isOverCpu, isOverMemory, stretch }: Strain,
): NonNullable<FactOf<'agent'>['budget']> {
  const now = isOverCpu && isOverMemory ? 'both' : isOverCpu ? 'cpu' : 'memory';
  const slowed = STEPS.find((step) => step >= stretch) ?? MAX_STRETCH;
  if (!before) return { over: now, slowed };
  return {
    over: before.over === now ? now : 'both',
    slowed: Math.max(before.slowed, slowed),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
