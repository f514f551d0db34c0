import type { Matcher } from '../shared/catalog/match.ts';
import type { Fact, ProbeHealth } from '../shared/facts.ts';
import type { TimedChange } from '../shared/observation.ts';
import { DEFAULT_CEILING, type Policy } from '../shared/policy.ts';
import { type Instant, MINUTE, SECOND } from '../shared/time.ts';
import { type Budget, newBudget } from './budget.ts';
import { byKey, changesBetween, type FactsByKey } from './changes.ts';
import type { Host } from './host/host.ts';
import type { Cost } from './host/own-cost.ts';
import type { Probe } from './probes/probe.ts';
import { type Outcome, runProbe } from './probes/run-probe.ts';

export interface RoundsOptions {
  readonly host: Host;
  /** No two of them share a kind. */
  readonly probes: readonly Probe[];
  readonly matcher: Matcher;
  readonly keyedHash: (text: string) => string;
  readonly policy: () => Policy;
  /** What the agent has cost until now: rounds are stretched to keep it below the policy's ceiling. */
  readonly cost: () => Cost;
  /** Facts that were true when the agent last stopped, and when it was last alive. */
  readonly recall: readonly Fact[];
  readonly lastAlive?: Instant;
  /** For the `agent` fact. */
  readonly about: { readonly version: string; readonly catalog: string; readonly boot: string };
  /** Tells when the wall clock was set, each time once; nothing is told of it when left out. */
  readonly clockSteps?: () => readonly TimedChange[];
  /** Keeps all of them or throws; what it threw for is told again after the next run. */
  emit(changes: readonly TimedChange[]): void;
  /** Called at most once a minute, so that `lastAlive` can be kept. */
  alive(at: Instant): void;
  readonly log: RoundsLog;
}

export interface RoundsLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export interface Rounds extends AsyncDisposable {
  /** Resolves when every probe has run once more. One that still hangs in a run given up is not waited for. */
  once(): Promise<void>;
}

/** The longest time until a new policy is obeyed. */
const MAX_WAIT_MS = 30 * SECOND;
const ALIVE_EVERY_MS = MINUTE;
const MAX_PAST = 1_000;

/** One probe, and what is true by its last run that succeeded. */
interface Watch {
  readonly probe: Probe;
  facts: FactsByKey;
  /** `facts` come from before the restart and no run has confirmed them. */
  recalled: boolean;
  /** Undefined until the first run is over. */
  health?: ProbeHealth;
  startedAt: number;
  /** The run now or last; resolves at its timeout at the latest. */
  run?: Promise<void>;
  /** The probe itself has not come back, even if its run was given up: there is never a second one beside it. */
  busy: boolean;
  leftOut: number;
  /** What its runs told of the past and could not be kept yet. */
  past: readonly TimedChange[];
}

/**
 * Runs every probe at its own pace and tells what changed. A run without an answer changes nothing but the probe's health: what
 * was true stays as it was. Facts recalled from before a restart that are gone now ended when the agent was last alive.
 */
export function startRounds(options: RoundsOptions): Rounds {
  const rounds = new RunningRounds(options);
  rounds.turn();
  return rounds;
}

class RunningRounds implements Rounds {
  readonly #options: RoundsOptions;
  readonly #watches: readonly Watch[];
  readonly #budget: Budget;
  readonly #stop = new AbortController();
  #agent: FactsByKey = new Map();
  #orphans: FactsByKey;
  #steps: readonly TimedChange[] = [];
  #toldAliveAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RoundsOptions) {
    const { probes, recall, cost, host, policy } = options;
    const kinds = new Set(probes.flatMap((probe) => probe.kinds));
    this.#options = options;
    this.#budget = newBudget({ cost, mono: host.mono, ceiling: () => policy().ceiling ?? DEFAULT_CEILING });
    // The last `agent` fact among them: its ends and beginnings say when the agent ran.
    this.#orphans = byKey(recall.filter(({ kind }) => !kinds.has(kind)));
    this.#watches = probes.map((probe) => ({
      probe,
      facts: byKey(recall.filter(({ kind }) => probe.kinds.includes(kind))),
      recalled: true,
      startedAt: Number.NEGATIVE_INFINITY,
      busy: false,
      leftOut: 0,
      past: [],
    }));
  }

  async once(): Promise<void> {
    await Promise.all(
      this.#watches.map(async (watch) => {
        await watch.run;
        if (!watch.busy && !this.#stop.signal.aborted) await this.#begin(watch);
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#watches.map(({ run }) => run));
  }

  /** Begins what is due, and comes back when the next one is. */
  turn(): void {
    clearTimeout(this.#timer);
    if (this.#stop.signal.aborted) return;
    for (const watch of this.#watches) if (!watch.busy && this.#waitOf(watch) <= 0) void this.#begin(watch);
    const waits = this.#watches.filter(({ busy }) => !busy).map((watch) => this.#waitOf(watch));
    this.#timer = setTimeout(() => this.turn(), Math.max(0, Math.min(MAX_WAIT_MS, ...waits)));
  }

  #waitOf({ probe, startedAt }: Watch): number {
    const seconds = this.#options.policy().everySeconds[probe.name] ?? probe.everySeconds;
    return startedAt + seconds * SECOND * this.#budget.stretch() - this.#options.host.mono();
  }

  #begin(watch: Watch): Promise<void> {
    watch.busy = true;
    watch.startedAt = this.#options.host.mono();
    watch.run = this.#runOnce(watch);
    return watch.run;
  }

  async #runOnce(watch: Watch): Promise<void> {
    const { host, matcher, keyedHash, policy, lastAlive } = this.#options;
    const outcome = await runProbe(watch.probe, {
      host,
      matcher,
      keyedHash,
      policy: policy(),
      ...(lastAlive === undefined ? {} : { lastAlive }),
      signal: this.#stop.signal,
    });
    if (this.#stop.signal.aborted) return;
    this.#finish(watch, outcome);
    if (outcome.health !== 'ok' && outcome.hanging) void outcome.hanging.then(() => this.#free(watch));
    else this.#free(watch);
  }

  #free(watch: Watch): void {
    watch.busy = false;
    this.turn();
  }

  #finish(watch: Watch, outcome: Outcome): void {
    this.#tellOfClock();
    const now = this.#options.host.now();
    this.#noteHealth(watch, outcome);
    if (outcome.health === 'ok') {
      const ended = watch.recalled ? this.#lastAlive(now) : now;
      watch.past = [...watch.past, ...outcome.past].slice(-MAX_PAST);
      const changes = changesBetween(watch.facts, outcome.facts, { ended, began: now });
      if (this.#tell([...watch.past, ...changes])) {
        watch.facts = outcome.facts;
        watch.past = [];
        watch.recalled = false;
      }
    }
    this.#tellOfAgent(now);
  }

  /** Before anything that the moved clock gives its time to. */
  #tellOfClock(): void {
    this.#steps = [...this.#steps, ...(this.#options.clockSteps?.() ?? [])].slice(-MAX_PAST);
    if (this.#tell(this.#steps)) this.#steps = [];
  }

  /** Not later than now, should the clock have been set back. */
  #lastAlive(now: Instant): Instant {
    const { lastAlive } = this.#options;
    return lastAlive !== undefined && lastAlive < now ? lastAlive : now;
  }

  #noteHealth(watch: Watch, outcome: Outcome): void {
    const { log } = this.#options;
    const { name } = watch.probe;
    if (outcome.health === 'ok') {
      const leftOut = outcome.leftOut.length;
      if (leftOut > 0 && leftOut !== watch.leftOut)
        log.warn(
          { probe: name, leftOut: outcome.leftOut.slice(0, 3) },
          'some facts of a probe were left out',
        );
      watch.leftOut = leftOut;
    } else {
      const { code, context } = outcome.error;
      const fields = { probe: name, health: outcome.health, code, ...context };
      if (outcome.health === watch.health) log.debug(fields, 'probe still gives no answer');
      else if (outcome.health === 'unsupported') log.info(fields, 'probe has nothing to read on this system');
      else log.warn(fields, 'probe gives no answer, its earlier facts stay');
    }
    watch.health = outcome.health;
  }

  /** Waits until every probe has been heard of, so that a start is one `agent` fact and not one for each probe. */
  #tellOfAgent(now: Instant): void {
    const { about, policy, host } = this.#options;
    const healths = this.#watches.flatMap(({ probe, health }) =>
      health ? [[probe.name, health] as const] : [],
    );
    if (healths.length < this.#watches.length) return;
    const probes = Object.fromEntries(healths);
    const budget = this.#budget.told();
    const fact = { kind: 'agent' as const, ...about, policy: policy().version, probes };
    const after = byKey([budget ? { ...fact, budget } : fact]);
    const ofOrphans = changesBetween(this.#orphans, new Map(), { ended: this.#lastAlive(now), began: now });
    const ofAgent = changesBetween(this.#agent, after, { ended: now, began: now });
    if (!this.#tell([...ofOrphans, ...ofAgent])) return;
    this.#orphans = new Map();
    this.#agent = after;
    if (host.mono() - this.#toldAliveAt < ALIVE_EVERY_MS) return;
    if (this.#kept(() => this.#options.alive(now))) this.#toldAliveAt = host.mono();
  }

  #tell(changes: readonly TimedChange[]): boolean {
    return changes.length === 0 || this.#kept(() => this.#options.emit(changes));
  }

  #kept(keep: () => void): boolean {
    try {
      keep();
      return true;
    } catch (thrown) {
      this.#options.log.warn({ err: thrown }, 'changes could not be kept, to be told again');
      return false;
    }
  }
}
