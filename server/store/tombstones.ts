import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type Tombstone, tombstoneSchema, tombstoneText } from '../../shared/tombstone.ts';
import type { Db } from './store.ts';

/** Signs with the collector's key. */
export interface Signer {
  /** Raw Ed25519 key, base64url. */
  readonly publicKey: string;
  sign(text: string): string;
}

export interface StoredTombstone {
  readonly id: number;
  /** The text that was signed. */
  readonly body: string;
  readonly tombstone: Tombstone;
  readonly publicKey: string;
  readonly signature: string;
}

/** Signs and keeps a tombstone, in the transaction that removes what it stands for. Where it goes on from another one, it replaces that. */
export async function keepTombstone(
  db: Db,
  tombstone: Tombstone,
  { signer, replaces }: { readonly signer: Signer; readonly replaces?: number | undefined },
): Promise<number> {
  if (replaces !== undefined) await db.deleteFrom('tombstones').where('id', '=', replaces).execute();
  const body = JSON.stringify(tombstone);
  const { id } = await db
    .insertInto('tombstones')
    .values({
      class: tombstone.class,
      contractor: tombstone.contractor,
      from: tombstone.from,
      until: tombstone.until,
      at: tombstone.at,
      body,
      key_id: signer.publicKey,
      signature: signer.sign(tombstoneText(body)),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function tombstoneNamed(db: Db, id: number): Promise<StoredTombstone | undefined> {
  const row = await db.selectFrom('tombstones').selectAll().where('id', '=', id).executeTakeFirst();
  return row && stored(row);
}

/** The hole in a chain that ends right before this one begins, and came about in the same way; of an erasure also for the same person. */
export async function tombstoneBefore(
  db: Db,
  { endpoint, epoch, headBefore, first }: NonNullable<Tombstone['evidence']>,
  { cause, contractor }: { readonly cause: Tombstone['cause']; readonly contractor?: string },
): Promise<StoredTombstone | undefined> {
  const row = await evidenceTombstones(db, { endpoint, epoch })
    .where(sql`body ->> '$.evidence.headAfter'`, '=', headBefore)
    .where(sql`body ->> '$.evidence.last'`, '=', first - 1)
    .where(sql`body ->> '$.cause'`, '=', cause)
    .$if(contractor !== undefined, (select) => select.where('contractor', '=', contractor ?? ''))
    .executeTakeFirst();
  return row && stored(row);
}

interface SealedAway {
  readonly endpoint: string;
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  readonly prev: string;
  readonly hash: string;
}

/** Whether a batch is among those that were purged. Inside of a hole only the numbers tell; at its ends the seals must fit too. */
export async function wasPurged(db: Db, batch: SealedAway): Promise<boolean> {
  const row = await evidenceTombstones(db, batch)
    .where(sql`body ->> '$.cause'`, '=', 'retention')
    .where(sql`body ->> '$.evidence.first'`, '<=', batch.first)
    .where(sql`body ->> '$.evidence.last'`, '>=', batch.last)
    .executeTakeFirst();
  const hole = row && stored(row).tombstone.evidence;
  if (!hole) return false;
  const begins = hole.first !== batch.first || hole.headBefore === batch.prev;
  const ends = hole.last !== batch.last || hole.headAfter === batch.hash;
  return begins && ends;
}

function evidenceTombstones(db: Db, { endpoint, epoch }: Pick<SealedAway, 'endpoint' | 'epoch'>) {
  return db
    .selectFrom('tombstones')
    .selectAll()
    .where('class', '=', 'evidence')
    .where(sql`body ->> '$.evidence.epoch'`, '=', epoch)
    .where(sql`body ->> '$.evidence.endpoint'`, '=', endpoint);
}

/** Where the action log begins, if its start was purged. */
export async function actionsBoundary(db: Db): Promise<StoredTombstone | undefined> {
  const row = await db
    .selectFrom('tombstones')
    .selectAll()
    .where('class', '=', 'actions')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && stored(row);
}

/** All of them in the order in which they were made, or those of one contractor. */
export async function tombstones(
  db: Db,
  { contractor }: { readonly contractor?: string } = {},
): Promise<readonly StoredTombstone[]> {
  const rows = await db
    .selectFrom('tombstones')
    .selectAll()
    .$if(contractor !== undefined, (select) => select.where('contractor', '=', contractor ?? ''))
    .orderBy('id')
    .execute();
  return rows.map(stored);
}

export const NO_DIGEST = '0'.repeat(64);

export function digestOf(before: string, lines: readonly string[]): string {
  return lines.reduce(
    (digest, line) => createHash('sha256').update(Buffer.from(digest, 'hex')).update(line).digest('hex'),
    before,
  );
}

function stored(row: { id: number; body: string; key_id: string; signature: string }): StoredTombstone {
  const { id, body, key_id: publicKey, signature } = row;
  return { id, body, tombstone: tombstoneSchema.parse(JSON.parse(body)), publicKey, signature };
}
