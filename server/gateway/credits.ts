import { LIMITS } from '../../shared/frames.ts';
import { SECOND } from '../../shared/time.ts';
import { bucket } from './admission.ts';

/**
 * Who may have how many batches on the way. An endpoint that keeps up, the usual one, has a whole window whenever it needs it. One that
 * brings a backlog, or more than a steady stream, waits its turn: all of them share one budget, each in its turn gets a part of it, and
 * so what a healthy endpoint sends meanwhile waits behind that budget at most.
 */
export interface Credits extends Disposable {
  /** For a connection that is welcomed. */
  open(line: Line): Drain;
  /** What waits for its commit, over all connections. */
  readonly bytes: number;
  /** Endpoints that wait for their turn. */
  readonly waiting: number;
}

/** The connection, as far as credits need it. */
export interface Line {
  /** How many observations were kept on the endpoint before it connected and are not committed here. */
  readonly behind: number;
  /** Its turn has come: to be told now, since it may have nothing on the way that will be acknowledged. */
  grant(credits: number): void;
  /** Reads nothing more until `resume`. */
  pause(): void;
  resume(): void;
}

/** The rights of one connection. Disposing gives them back. */
export interface Drain extends Disposable {
  /** How many batches may be unacknowledged now. */
  readonly credits: number;
  /** False for more than any window. One beyond the credits, as a repeat may be, is taken, and nothing more is read until they allow it. */
  arrived(batch: Load): boolean;
  /** A batch is committed: what its ack grants. */
  done(batch: Load): number;
}

/** What a batch costs. */
export interface Load {
  readonly observations: number;
  readonly bytes: number;
}

export interface CreditOptions {
  /** Batches that all endpoints in their turn may have on the way together. */
  readonly budget?: number;
  /** Bytes that may wait for their commit before connections are no longer read. */
  readonly mostBytes?: number;
  /** A granted right that is not used for so long goes to others. */
  readonly leaseMs?: number;
  readonly now?: () => number;
}

/** Ten batches of 500 observations hide a round trip across the world. */
export const WINDOW = 10;
/** At 32 batches of 500 observations, a second's work: what a live batch waits for at most. */
const BUDGET = 32;
const MOST_BYTES = 32 * 1024 * 1024;
const LEASE_MS = 5 * SECOND;
/** An endpoint this far behind has only been away for a moment. */
const LITTLE = 20;
/** In observations, many times what an agent sees. A batch of one costs as much as one of five: its seal is what takes the time. */
const STEADY = { burst: LIMITS.batchObservations, perSecond: 100 };
const LEAST_COST = 5;

/** `live`: the whole window, outside the budget. `waiting`: in the queue. `turn`: its rights are part of the budget. */
type State = 'live' | 'waiting' | 'turn' | 'gone';

interface Entry {
  readonly line: Line;
  readonly steady: ReturnType<typeof bucket>;
  state: State;
  /** Granted, and not committed yet; with those that have arrived. Never taken back: the agent may be using them already. */
  rights: number;
  arrived: number;
  behind: number;
  usedAt: number;
}

export function newCredits(options: CreditOptions = {}): Credits {
  const {
    budget = BUDGET,
    mostBytes = MOST_BYTES,
    leaseMs = LEASE_MS,
    now = () => performance.now(),
  } = options;
  const queue = new Set<Entry>();
  const turns = new Set<Entry>();
  const paused = new Set<Entry>();
  let reserved = 0;
  let bytes = 0;

  const hold = (entry: Entry): void => {
    if (paused.has(entry)) return;
    paused.add(entry);
    entry.line.pause();
  };
  const letRead = (entries: Iterable<Entry>): void => {
    if (bytes > mostBytes / 2) return;
    for (const entry of entries)
      if (entry.arrived <= entry.rights && paused.delete(entry)) entry.line.resume();
  };
  const toLive = (entry: Entry): void => {
    if (turns.delete(entry)) reserved -= entry.rights;
    entry.state = 'live';
  };
  const toQueue = (entry: Entry): void => {
    if (turns.delete(entry)) reserved -= entry.rights;
    entry.state = 'waiting';
    queue.add(entry);
  };
  /** Gives the next ones in the queue their turn. The one whose ack is about to be sent is told by that. */
  const serve = (acked?: Entry): void => {
    for (const entry of queue) {
      const free = budget - reserved;
      if (free < 1) return;
      const share = Math.min(WINDOW, Math.max(1, Math.floor(free / queue.size)));
      queue.delete(entry);
      turns.add(entry);
      const before = entry.rights;
      entry.state = 'turn';
      entry.rights = Math.max(before, share);
      entry.usedAt = now();
      reserved += entry.rights;
      if (entry !== acked && entry.rights > before) entry.line.grant(entry.rights);
      letRead([entry]);
    }
  };
  const isLive = ({ behind, steady }: Entry): boolean =>
    behind <= 0 && steady.level(now()) >= STEADY.burst / 2;

  const committed = (entry: Entry): void => {
    if (entry.rights > 0) {
      entry.rights -= 1;
      if (entry.state === 'turn') reserved -= 1;
    }
    if (entry.state === 'turn') {
      if (isLive(entry)) toLive(entry);
      else if (queue.size === 0 && entry.rights < WINDOW && reserved < budget) {
        entry.rights += 1;
        reserved += 1;
      } else if (entry.rights === 0) toQueue(entry);
    }
    if (entry.state === 'live') {
      if (entry.steady.level(now()) > 0) entry.rights = Math.max(entry.rights, WINDOW);
      else toQueue(entry);
    }
  };
  const leases = setInterval(() => {
    const old = now() - leaseMs;
    // Who does not use its turn has nothing to send, or a line too slow to matter. What it has, it keeps.
    for (const entry of turns) if (entry.arrived === 0 && entry.usedAt < old) toLive(entry);
    serve();
  }, leaseMs / 5);

  return {
    get bytes() {
      return bytes;
    },
    get waiting() {
      return queue.size;
    },
    open(line) {
      const { behind } = line;
      const entry: Entry = {
        ...{ line, behind: behind > LITTLE ? behind : 0, steady: bucket(STEADY), arrived: 0, usedAt: 0 },
        ...(behind > LITTLE ? { state: 'waiting', rights: 0 } : { state: 'live', rights: WINDOW }),
      };
      if (entry.state === 'waiting') {
        queue.add(entry);
        serve(entry);
      }
      return {
        get credits() {
          return entry.rights;
        },
        arrived(batch) {
          if (entry.arrived >= WINDOW) return false;
          entry.arrived += 1;
          entry.usedAt = now();
          // What was kept from before is no stream, as long as it waits for its turns.
          if (entry.behind <= 0 || entry.state === 'live')
            entry.steady.take(now(), Math.max(LEAST_COST, batch.observations));
          entry.behind -= batch.observations;
          bytes += batch.bytes;
          if (bytes > mostBytes || entry.arrived > entry.rights) hold(entry);
          return true;
        },
        done(batch) {
          bytes -= batch.bytes;
          if (entry.state === 'gone') {
            letRead(paused);
            return 0;
          }
          entry.arrived -= 1;
          entry.usedAt = now();
          committed(entry);
          serve(entry);
          letRead(paused);
          return entry.rights;
        },
        [Symbol.dispose]() {
          if (turns.delete(entry)) reserved -= entry.rights;
          queue.delete(entry);
          paused.delete(entry);
          entry.state = 'gone';
          serve();
        },
      };
    },
    [Symbol.dispose]: () => clearInterval(leases),
  };
}
