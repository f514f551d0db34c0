import { setImmediate } from 'node:timers/promises';
import { type DayHead, type DayRoot, dayRootText, headText, NO_DAY } from '../../shared/pack.ts';
import { type Instant, MINUTE, millis } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import {
  actionHashesAfter,
  batchHeadsAfter,
  firstMoment,
  keepDayRoot,
  latestDayRoot,
} from '../store/day-roots.ts';
import type { Db } from '../store/store.ts';
import type { Signer } from './collector-keys.ts';
import { dayAfter } from './days.ts';
import { newMerkle } from './merkle.ts';
import { sha256Of } from './signatures.ts';

/** What was received before midnight is committed by then. */
const GRACE_MS = 5 * MINUTE;

export interface KeepDays {
  readonly db: Db;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/**
 * Signs every day that is over and was not signed yet; gives how many. A row belongs to the day in which the collector received it, in
 * order of ids: whatever comes late, or while a clock is set, goes into the next one, so a signed day never changes.
 */
export async function keepDays({ db, signer, clock, signal }: KeepDays): Promise<number> {
  let kept = 0;
  while (!signal?.aborted) {
    const before = await latestDayRoot(db);
    const day = before ? dayAfter(before.day) : (await firstMoment(db))?.slice(0, 10);
    if (day === undefined) return kept;
    const end = `${dayAfter(day)}T00:00:00.000Z`;
    if (clock() < millis(end) + GRACE_MS) return kept;
    const { root, heads } = await dayOf(db, { day, end, before });
    const hash = sha256Of(dayRootText(root));
    const signed: DayRoot = {
      ...root,
      hash,
      publicKey: signer.publicKey,
      signature: signer.sign(dayRootText(root)),
    };
    await db.transaction().execute((trx) => keepDayRoot(trx, signed, heads));
    kept += 1;
  }
  return kept;
}

interface Of {
  readonly day: string;
  readonly end: Instant;
  readonly before: DayRoot | undefined;
}

async function dayOf(db: Db, { day, end, before }: Of) {
  const spools = new Map<string, DayHead>();
  const batchesThrough = await through(before?.batchesThrough ?? 0, {
    read: (id) => batchHeadsAfter(db, id),
    take: ({ id: _, ...head }) => {
      if (head.receivedAt >= end) return false;
      spools.set(`${head.endpoint} ${head.epoch}`, head);
      return true;
    },
  });
  const actions = newMerkle();
  const actionsThrough = await through(before?.actionsThrough ?? 0, {
    read: (id) => actionHashesAfter(db, id),
    take: ({ at, hash }) => {
      if (at >= end) return false;
      actions.add(hash);
      return true;
    },
  });
  const heads = [...spools].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, head]) => head);
  const tree = newMerkle();
  for (const head of heads) tree.add(headText(head));
  const root = {
    ...{ day, batchesThrough, actionsThrough },
    ...{ actions: actions.count, actionsRoot: actions.root() },
    ...{ heads: tree.count, headsRoot: tree.root() },
    prev: before?.hash ?? NO_DAY,
  };
  return { root, heads };
}

/** Reads pages in order of ids for as long as rows are taken; gives the id of the last one that was. */
async function through<Row extends { readonly id: number }>(
  start: number,
  {
    read,
    take,
  }: { readonly read: (id: number) => Promise<readonly Row[]>; readonly take: (row: Row) => boolean },
): Promise<number> {
  let last = start;
  for (;;) {
    const rows = await read(last);
    for (const row of rows) {
      if (!take(row)) return last;
      last = row.id;
    }
    if (rows.length === 0) return last;
    // Others wait for the connection.
    await setImmediate();
  }
}
