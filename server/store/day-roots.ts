import type { DayHead, DayRoot } from '../../shared/pack.ts';
import type { Instant } from '../../shared/time.ts';
import type { Db, Trx } from './store.ts';

export async function latestDayRoot(db: Db): Promise<DayRoot | undefined> {
  const row = await db.selectFrom('day_roots').selectAll().orderBy('day', 'desc').limit(1).executeTakeFirst();
  return row && dayRootOf(row);
}

/** All of them, oldest first: some hundred bytes for each day of the collector's life. */
export async function dayRoots(db: Db): Promise<readonly DayRoot[]> {
  const rows = await db.selectFrom('day_roots').selectAll().orderBy('day').execute();
  return rows.map(dayRootOf);
}

/** When the first thing came that a day can hold; undefined in an empty store. */
export async function firstMoment(db: Db): Promise<Instant | undefined> {
  const batch = await db
    .selectFrom('batches')
    .select('received_at as at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  const action = await db.selectFrom('actions').select('at').orderBy('id').limit(1).executeTakeFirst();
  return [batch, action].flatMap((row) => row?.at ?? []).toSorted()[0];
}

const PAGE = 2_000;

/** Where batches stand, in order of arrival, a page after an id. Payloads are not touched. */
export async function batchHeadsAfter(
  db: Db,
  id: number,
): Promise<readonly (DayHead & { readonly id: number })[]> {
  const rows = await db
    .selectFrom('batches')
    .select(['id', 'endpoint', 'epoch', 'last as acked', 'hash as head', 'received_at as receivedAt'])
    .where('id', '>', id)
    .orderBy('id')
    .limit(PAGE)
    .execute();
  return rows;
}

export async function actionHashesAfter(db: Db, id: number) {
  return db
    .selectFrom('actions')
    .select(['id', 'at', 'hash'])
    .where('id', '>', id)
    .orderBy('id')
    .limit(PAGE)
    .execute();
}

const CHUNK = 1_000;

export async function keepDayRoot(trx: Trx, root: DayRoot, heads: readonly DayHead[]): Promise<void> {
  const { batchesThrough, actionsThrough, actionsRoot, headsRoot, publicKey, ...same } = root;
  const named = {
    batches_through: batchesThrough,
    actions_through: actionsThrough,
    actions_root: actionsRoot,
    heads_root: headsRoot,
    public_key: publicKey,
  };
  await trx
    .insertInto('day_roots')
    .values({ ...same, ...named })
    .execute();
  for (let from = 0; from < heads.length; from += CHUNK)
    await trx
      .insertInto('day_heads')
      .values(
        heads
          .slice(from, from + CHUNK)
          .map(({ receivedAt, ...head }) => ({ day: root.day, ...head, received_at: receivedAt })),
      )
      .execute();
}

/** Days that were not written to this anchor yet, oldest first. */
export async function unanchored(db: Db, target: string): Promise<readonly DayRoot[]> {
  const done = db.selectFrom('anchorings').select('day').where('target', '=', target);
  const rows = await db
    .selectFrom('day_roots')
    .selectAll()
    .where('day', 'not in', done)
    .orderBy('day')
    .limit(PAGE)
    .execute();
  return rows.map(dayRootOf);
}

export async function noteAnchored(
  db: Db,
  target: string,
  { day, at }: { readonly day: string; readonly at: Instant },
) {
  await db
    .insertInto('anchorings')
    .values({ day, target, at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

interface Row {
  readonly day: string;
  readonly batches_through: number;
  readonly actions_through: number;
  readonly actions: number;
  readonly actions_root: string;
  readonly heads: number;
  readonly heads_root: string;
  readonly prev: string;
  readonly hash: string;
  readonly public_key: string;
  readonly signature: string;
}

function dayRootOf(row: Row): DayRoot {
  const { day, actions, heads, prev, hash, signature } = row;
  return {
    ...{ day, actions, heads, prev, hash, signature },
    batchesThrough: row.batches_through,
    actionsThrough: row.actions_through,
    actionsRoot: row.actions_root,
    headsRoot: row.heads_root,
    publicKey: row.public_key,
  };
}
