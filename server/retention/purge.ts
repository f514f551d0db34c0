import { setTimeout as pause } from 'node:timers/promises';
import { DAY, type Instant, instant } from '../../shared/time.ts';
import { RETENTION_CLASSES, type RetentionClass } from '../../shared/tombstone.ts';
import { appendAction } from '../store/actions.ts';
import { type Kept, keptNow, keptVersion } from '../store/kept.ts';
import { type Chain, chains, type PurgeAsk, purgeEvidence } from '../store/purge-evidence.ts';
import { purgeRows, ROW_CLASSES } from '../store/purge-rows.ts';
import type { Db, Store } from '../store/store.ts';
import type { Signer, StoredTombstone } from '../store/tombstones.ts';
import type { Retention } from './retention-config.ts';

export interface PurgeRun {
  readonly store: Store;
  readonly retention: Retention;
  readonly now: number;
  /** Absent to count only. */
  readonly signer?: Signer;
  readonly by?: { readonly actor: string; readonly source: string };
  readonly signal?: AbortSignal;
}

export type Purged = Readonly<Record<RetentionClass, number>>;

/** After each step ingest has this many times as long for itself. */
export const REST = 3;

interface Running extends PurgeRun {
  readonly at: Instant;
  kept: Kept;
  version: string;
}

/**
 * Removes what is older than its class is kept, in small transactions, each with its signed tombstone, so that a purge may be killed at any
 * moment. What a hold, an open case or an open finding rests on stays. Gives rows by class.
 */
export async function purge(run: PurgeRun): Promise<Purged> {
  const { store, retention, now, by = { actor: 'farhand', source: 'retention' }, signer } = run;
  const { db } = store;
  const running: Running = {
    ...run,
    at: instant(now),
    kept: await keptNow(db),
    version: await keptVersion(db),
  };
  const purged = { evidence: 0, spans: 0, findings: 0, cases: 0, actions: 0, declarations: 0 };
  for (const name of RETENTION_CLASSES) {
    const days = retention[name];
    if (days === 'forever' || run.signal?.aborted) continue;
    const before = instant(now - days * DAY);
    purged[name] =
      name === 'evidence' ? await evidence(running, before) : await rows(running, { name, before });
  }
  const total = Object.values(purged).reduce((sum, count) => sum + count, 0);
  if (signer && total > 0)
    await db.transaction().execute((trx) =>
      appendAction(trx, {
        ...by,
        at: running.at,
        action: 'retention.purge',
        subject: 'store',
        detail: { ...purged, retention },
      }),
    );
  return purged;
}

async function evidence(running: Running, before: Instant): Promise<number> {
  let count = 0;
  for (const chain of await chains(running.store.db)) {
    for (let after: number | undefined = 0; after !== undefined && !running.signal?.aborted; ) {
      const place: Chain & { readonly after: number } = { ...chain, after };
      const ask = { before, kept: running.kept, at: running.at };
      const look = await purgeEvidence(running.store.db, place, ask);
      const step =
        look.rows === 0
          ? look
          : await stepped(running, (trx, kept) =>
              purgeEvidence(trx, place, asked(running, { before, kept })),
            );
      count += step.rows;
      after = step.after;
    }
  }
  return count;
}

async function rows(
  running: Running,
  { name, before }: { readonly name: RetentionClass; readonly before: Instant },
): Promise<number> {
  const rowClass = ROW_CLASSES.find((known) => known.name === name);
  if (!rowClass) return 0;
  const { db } = running.store;
  let count = 0;
  let tomb: StoredTombstone | undefined;
  for (const part of await rowClass.parts(db)) {
    for (let after: string | number | undefined = ''; after !== undefined && !running.signal?.aborted; ) {
      const place = { part, after };
      const look = await rowClass.due(db, place, { before, kept: running.kept, at: running.at });
      const due =
        look.rows.length === 0
          ? look
          : await stepped(running, async (trx, kept) => {
              const found = await rowClass.due(trx, place, { before, kept, at: running.at });
              tomb = await purgeRows(trx, { rowClass, due: found, tomb }, asked(running, { before, kept }));
              return found;
            });
      count += due.rows.length;
      after = due.next;
    }
  }
  return count;
}

function asked({ at, signer }: Running, ask: Pick<PurgeAsk, 'before' | 'kept'>): PurgeAsk {
  return { ...ask, at, ...(signer ? { signer } : {}) };
}

/** One transaction, which looks anew at what must stay if that changed since; then a rest, so that commits of agents go first. */
async function stepped<R>(running: Running, work: (trx: Db, kept: Kept) => Promise<R>): Promise<R> {
  const started = performance.now();
  const result = await running.store.db.transaction().execute(async (trx) => {
    const version = await keptVersion(trx);
    if (version !== running.version) {
      running.kept = await keptNow(trx);
      running.version = version;
    }
    return work(trx, running.kept);
  });
  await pause(REST * (performance.now() - started));
  return result;
}
