import { deflateRawSync } from 'node:zlib';
import type { FactKind, GapCause } from '../../shared/facts.ts';
import type { SealedBatch } from '../../shared/frames.ts';
import type { Instant } from '../../shared/time.ts';
import { prepared } from './prepared.ts';
import type { Db } from './store.ts';

/** Where the chain of one spool stands. `head` is empty after a gap: then the next batch cannot be checked against what is missing. */
export interface Cursor {
  readonly endpoint: string;
  readonly epoch: string;
  readonly acked: number;
  readonly head: string;
  readonly closed: boolean;
}

const selectCursor = prepared((db) =>
  db
    .selectFrom('cursors')
    .select(['acked', 'head', 'closed_at'])
    .where('endpoint', '=', '')
    .where('epoch', '=', ''),
);

export async function cursorOf(db: Db, endpoint: string, epoch: string): Promise<Cursor | undefined> {
  const { rows } = await selectCursor.run(db, [endpoint, epoch]);
  const row = rows[0];
  return (
    row && {
      endpoint,
      epoch,
      acked: Number(row['acked']),
      head: String(row['head']),
      closed: row['closed_at'] !== null,
    }
  );
}

/** Opens the cursor of a new spool and closes those that came before it. */
export async function openCursor(db: Db, cursor: Cursor, at: Instant): Promise<void> {
  await db
    .updateTable('cursors')
    .set({ closed_at: at })
    .where('endpoint', '=', cursor.endpoint)
    .where('closed_at', 'is', null)
    .execute();
  const { endpoint, epoch, acked, head } = cursor;
  await db
    .insertInto('cursors')
    .values({ endpoint, epoch, acked, head, started_at: at, closed_at: null })
    .execute();
}

const updateCursor = prepared((db) =>
  db.updateTable('cursors').set({ acked: 0, head: '' }).where('endpoint', '=', '').where('epoch', '=', ''),
);

export async function moveCursor(db: Db, { acked, head, endpoint, epoch }: Cursor): Promise<void> {
  await updateCursor.run(db, [acked, head, endpoint, epoch]);
}

export interface Arrival {
  readonly endpoint: string;
  readonly offsetMs: number;
  readonly receivedAt: Instant;
}

const insertBatch = prepared((db) =>
  db.insertInto('batches').values({
    endpoint: '',
    epoch: '',
    first: 0,
    last: 0,
    prev: '',
    hash: '',
    signature: '',
    offset_ms: 0,
    received_at: '',
    payload: new Uint8Array(),
  }),
);

/** Keeps a sealed batch byte for byte: what was signed can be checked again years later. */
export async function keepBatch(db: Db, { header, payload }: SealedBatch, arrival: Arrival): Promise<void> {
  const { epoch, first, last, prev, hash, signature } = header;
  // Level 1: 164 bytes an observation in place of 700, and the whole commit gets faster.
  const deflated = deflateRawSync(payload, { level: 1 });
  await insertBatch.run(db, [
    arrival.endpoint,
    epoch,
    first,
    last,
    prev,
    hash,
    signature,
    arrival.offsetMs,
    arrival.receivedAt,
    deflated,
  ]);
}

/** The hash under which a batch that starts at `first` is stored. */
export async function storedHash(
  db: Db,
  { endpoint, epoch }: Cursor,
  first: number,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('batches')
    .select('hash')
    .where('endpoint', '=', endpoint)
    .where('epoch', '=', epoch)
    .where('first', '=', first)
    .executeTakeFirst();
  return row?.hash;
}

/** What was last added to an endpoint's clock to get the collector's; undefined when nothing of it has come yet. */
export async function latestOffsetMs(db: Db, endpoint: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('batches')
    .select('offset_ms')
    .where('endpoint', '=', endpoint)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.offset_ms;
}

/** How many holes of an endpoint are on the ledger. */
export async function countGaps(db: Db, endpoint: string): Promise<number> {
  const { count } = await db
    .selectFrom('gaps')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('endpoint', '=', endpoint)
    .executeTakeFirstOrThrow();
  return count;
}

export interface NewGap {
  readonly endpoint: string;
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  readonly cause: GapCause;
  /** How many of these numbers are missing; all of them when left out. */
  readonly count?: number;
  readonly kinds?: Readonly<Partial<Record<FactKind, number>>>;
}

/** Whether this spool has a hole of that cause. */
export async function hasGap(
  db: Db,
  { endpoint, epoch, cause }: Pick<NewGap, 'endpoint' | 'epoch' | 'cause'>,
): Promise<boolean> {
  const row = await db
    .selectFrom('gaps')
    .select('id')
    .where('endpoint', '=', endpoint)
    .where('epoch', '=', epoch)
    .where('cause', '=', cause)
    .executeTakeFirst();
  return row !== undefined;
}

/** Puts a hole on the ledger, once: a range that is there already with the same cause is left as it is. */
export async function recordGap(db: Db, gap: NewGap, at: Instant): Promise<void> {
  const known = await db
    .selectFrom('gaps')
    .select('id')
    .where('endpoint', '=', gap.endpoint)
    .where('epoch', '=', gap.epoch)
    .where('first', '=', gap.first)
    .where('last', '=', gap.last)
    .where('cause', '=', gap.cause)
    .executeTakeFirst();
  const { kinds, count = null } = gap;
  if (!known)
    await db
      .insertInto('gaps')
      .values({ ...gap, at, count, kinds: kinds ? JSON.stringify(kinds) : null })
      .execute();
}
