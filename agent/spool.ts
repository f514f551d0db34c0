import { randomBytes } from 'node:crypto';
import { uptime } from 'node:os';
import * as z from 'zod/mini';
import { type Fact, type FactIdentity, type FactOf, factKey } from '../shared/facts.ts';
import type { SealedBatch } from '../shared/frames.ts';
import { observationSchema, type TimedChange } from '../shared/observation.ts';
import { problemsOf } from '../shared/problems.ts';
import { genesisText } from '../shared/seal.ts';
import { DAY, HOUR, type Instant, instant } from '../shared/time.ts';
import { sha256 } from './identity.ts';
import type { Log } from './log.ts';
import { sealFirst } from './seal-batch.ts';
import { carryOver } from './spool-carry-over.ts';
import { openSpoolFile, spoolError } from './spool-file.ts';
import { type Load, makeRoom } from './spool-overflow.ts';
import { batchOf, type KeptName, type SpoolReader, spoolReader, spoolState } from './spool-reader.ts';
import { spoolStatements, sumRow } from './spool-statements.ts';
import { addUnsealed } from './spool-unsealed.ts';

export interface SpoolLimits {
  /** What may wait for the collector; beyond either, inventory goes before evidence, and the oldest first. */
  readonly bytes: number;
  readonly observations: number;
  /** How long and how much of what was delivered is kept for `sent`. */
  readonly ledgerDays: number;
  readonly ledgerBytes: number;
}

const SPOOL_LIMITS: SpoolLimits = {
  bytes: 64 * 1024 * 1024,
  observations: 1_000_000,
  ledgerDays: 30,
  ledgerBytes: 32 * 1024 * 1024,
};

export interface SpoolOptions {
  readonly dataDir: string;
  readonly endpoint: string;
  /** Ed25519 signature of these bytes, as base64url. */
  readonly sign: (bytes: Uint8Array) => string;
  readonly log: Log;
  readonly limits?: Partial<SpoolLimits>;
  readonly now?: () => number;
  /** Milliseconds since the boot, on a clock that nobody sets. */
  readonly mono?: () => number;
  /** Whether a damaged file may be moved out of the way; otherwise SPOOL_DAMAGED is thrown. True when left out. */
  readonly setAside?: boolean;
}

/** The durable queue between what the agent sees and the collector. Every method is one transaction: done when it returns. */
export interface Spool extends SpoolReader, AsyncDisposable {
  append(changes: readonly TimedChange[]): void;
  /** The first sealed batch that begins above `after`, sealing what is unsealed when there is none. The bytes never change. */
  nextBatch(after: number): SealedBatch | undefined;
  /** Everything through this sequence number is committed by the collector. */
  acked(through: number): void;
  /** Whether an acknowledgement speaks of something this spool never sealed so: then an older copy of it was put back. */
  contradicts(acked: number): boolean;
  /** Seals everything that waits unsealed. */
  sealAll(): void;
  /** Numbers begin again under a new name: what is true is told anew, and after it what was not delivered. */
  startEpoch(reason: EpochReason): void;
  alive(at: Instant): void;
  keep(name: KeptName, value: string): void;
  /** Calls back after each append, until the returned function is called. */
  onAppend(listener: () => void): () => void;
}

/** Why the numbers begin again: an older copy of this spool was put back, or the collector said so. */
export type EpochReason = 'snapshot-revert' | 'CHAIN_BREAK' | 'EPOCH_CLOSED' | 'ENDPOINT_CLONED';

/** Throws SPOOL_UNAVAILABLE when the file cannot be written; a damaged file is set aside and a new epoch begins. */
export function openSpool(options: SpoolOptions): Spool {
  const { endpoint, log, now = Date.now, mono = millisSinceBoot } = options;
  const limits = { ...SPOOL_LIMITS, ...options.limits };
  const { database, setAside } = openSpoolFile(options.dataDir, {
    now: now(),
    setAside: options.setAside ?? true,
    owner: { endpoint, sign: options.sign },
  });
  if (setAside !== undefined) log.error({ setAside }, 'spool was damaged and set aside, a new epoch begins');

  const reader = spoolReader(database);
  const run = spoolStatements(database);
  const listeners = new Set<() => void>();
  let prunedAt = Number.NEGATIVE_INFINITY;
  /** What waits; undefined when it must be counted anew. */
  let load: Load | undefined;

  const transaction = <T>(work: () => T): T => {
    try {
      database.exec('begin immediate');
      try {
        const result = work();
        run.stamp.run();
        database.exec('commit');
        return result;
      } catch (cause) {
        load = undefined;
        if (database.isTransaction) database.exec('rollback');
        throw cause;
      }
    } catch (cause) {
      throw spoolError(options.dataDir, cause);
    }
  };

  const state = () => {
    const found = spoolState(database);
    if (found) return found;
    beginEpoch();
    return spoolState(database) ?? { endpoint, epoch: '', next: 1, head: '', alive: null };
  };

  const beginEpoch = (): void => {
    const epoch = randomBytes(16).toString('hex');
    const head = sha256(genesisText(endpoint, epoch)).toString('base64url');
    run.begin.run({ endpoint, epoch, head });
  };

  const write = (changes: readonly TimedChange[]): void => {
    let { next } = state();
    for (const { at, ...change } of changes) {
      const observation = { seq: next, at, mono: Math.max(0, Math.round(mono())), ...change };
      const checked = z.safeParse(observationSchema, observation);
      if (!checked.success) {
        // The collector would refuse the whole batch, again and again.
        const { kind } = change.fact;
        log.error(
          { kind, reason: problemsOf(checked.error) },
          'observation left out, it breaks the protocol',
        );
        continue;
      }
      const bytes = addUnsealed(database, checked.data);
      load &&= { count: load.count + 1, bytes: load.bytes + bytes };
      remember(change.change, change.fact);
      next += 1;
    }
    run.advance.run(next);
  };

  const remember = (change: TimedChange['change'], fact: Fact | FactIdentity): void => {
    if (change === 'began') run.open.run({ key: factKey(fact), fact: JSON.stringify(fact) });
    if (change === 'ended') run.close.run(factKey(fact));
  };

  const seal = (): boolean => {
    load = undefined;
    const { epoch, head } = state();
    return sealFirst(database, { epoch, head, sealedAt: instant(now()), sign: options.sign });
  };

  const tidy = (): void => {
    const { epoch } = state();
    load ??= z.parse(sumRow, run.waiting.get(epoch));
    if (load.count <= limits.observations && load.bytes <= limits.bytes) return;
    const most = { count: limits.observations, bytes: limits.bytes };
    const { count: dropped, kinds, sealed } = makeRoom(database, { epoch, load, limits: most });
    load = undefined;
    // The last word on a thing may have been in those.
    if (sealed > 0) write(openFacts());
    if (dropped > 0) log.error({ epoch, dropped, kinds, sealed }, 'spool full, observations dropped');
  };

  const prune = (): void => {
    if (now() - prunedAt < HOUR) return;
    prunedAt = now();
    run.pruneAge.run(instant(now() - limits.ledgerDays * DAY));
    run.pruneSize.run(limits.ledgerBytes);
  };

  const openFacts = (): readonly TimedChange[] =>
    reader.openFacts().map((fact) => ({ change: 'began', fact, at: instant(now()) }));

  const disrupted = (cause: FactOf<'disruption'>['cause']): TimedChange => ({
    change: 'noted',
    fact: { kind: 'disruption', cause },
    at: instant(now()),
  });

  /** The numbers begin again, and what was not delivered is told under new ones. */
  const renew = (reason: EpochReason): void => {
    const { epoch } = state();
    load = undefined;
    const { count } = z.parse(sumRow, run.waiting.get(epoch));
    const carried = carryOver(database, { epoch, now: instant(now()) });
    run.supersede.run(instant(now()), epoch);
    beginEpoch();
    run.advance.run(carried.renumber(carried.before.length + 1));
    const since = Math.max(0, Math.round(mono()));
    for (const [index, change] of carried.before.entries())
      addUnsealed(database, { seq: index + 1, mono: since, ...change });
    if (reason === 'snapshot-revert') write([disrupted(reason)]);
    log.warn({ epoch, carried: count, reason }, 'a new epoch begins');
  };

  /** A machine that was enrolled anew: what was seen under the old name must not be told under the new one. */
  const disown = (): void => {
    const { epoch } = state();
    const { count: lost } = z.parse(sumRow, run.waiting.get(epoch));
    run.supersede.run(instant(now()), epoch);
    for (const clear of [run.forget, run.fill, run.untell]) clear.run();
    beginEpoch();
    write(openFacts());
    log[lost > 0 ? 'error' : 'warn']({ epoch, lost, reason: 'another endpoint' }, 'a new epoch begins');
  };

  const wake = (): void => {
    for (const listener of listeners) listener();
  };

  transaction(() => {
    if (state().endpoint !== endpoint) disown();
    if (setAside !== undefined) write([disrupted('spool-damaged')]);
    prune();
  });

  return {
    ...reader,
    append(changes) {
      if (changes.length === 0) return;
      transaction(() => {
        write(changes);
        tidy();
      });
      wake();
    },
    nextBatch(after) {
      return transaction(() => {
        const { epoch } = state();
        const found = (): SealedBatch | undefined => {
          const row = run.first.get(epoch, after);
          return row && batchOf(row);
        };
        return found() ?? (seal() ? found() : undefined);
      });
    },
    acked(through) {
      transaction(() => {
        load = undefined;
        run.deliver.run(instant(now()), state().epoch, through);
        prune();
      });
    },
    contradicts(acked) {
      const { epoch, next } = state();
      return acked >= next || run.across.get({ epoch, acked }) !== undefined;
    },
    sealAll() {
      transaction(() => {
        while (seal());
      });
    },
    startEpoch(reason) {
      transaction(() => renew(reason));
      wake();
    },
    alive: (at) => transaction(() => void run.alive.run(at)),
    keep: (name, value) => transaction(() => void run.keep.run(name, value)),
    onAppend(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
      if (database.isOpen) database.close();
    },
  };
}

/** `os.uptime` goes on while the machine sleeps and ignores changes of the wall clock; it is good to 10 ms. */
function millisSinceBoot(): number {
  return uptime() * 1_000;
}
