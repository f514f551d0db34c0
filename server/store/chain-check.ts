import { createHash, type KeyObject, verify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { sql } from 'kysely';
import type { Chain } from './purge-evidence.ts';
import type { Db } from './store.ts';

export interface ChainProblem extends Chain {
  readonly first: number;
  readonly what: 'chain' | 'hash' | 'signature' | 'key';
}

const PAGE = 200;

/**
 * Checks every batch of one spool: hash, signature, and that it follows the one before it, or a gap on the ledger, or a tombstone. Gives the
 * first that does not hold.
 */
export async function checkChain(
  db: Db,
  { endpoint, epoch }: Chain,
  { key, genesis }: { readonly key: KeyObject; readonly genesis: string },
): Promise<{ readonly batches: number; readonly problem?: ChainProblem }> {
  const holes = await explained(db, { endpoint, epoch });
  let [head, next, batches] = [genesis, 1, 0];
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('batches')
      .select(['first', 'last', 'prev', 'hash', 'signature', 'payload'])
      .where('endpoint', '=', endpoint)
      .where('epoch', '=', epoch)
      .where('first', '>', after)
      .orderBy('first')
      .limit(PAGE)
      .execute();
    for (const { first, last, prev, hash, signature, payload } of rows) {
      const wrong = (what: ChainProblem['what']) => ({ batches, problem: { endpoint, epoch, first, what } });
      const follows = first === next ? prev === head || holes.has(first - 1) : holes.has(first - 1);
      if (!follows || (holes.get(first - 1) ?? prev) !== prev) return wrong('chain');
      // Of erased evidence the seal stays, which the next batch and the signature still vouch for.
      if (payload.length > 0 && hashOf(prev, payload) !== hash) return wrong('hash');
      if (!verify(null, Buffer.from(hash, 'base64url'), key, Buffer.from(signature, 'base64url')))
        return wrong('signature');
      [head, next, after, batches] = [hash, last + 1, first, batches + 1];
    }
    if (rows.length < PAGE) return { batches };
  }
}

/** By the last number of a hole: the hash that follows it, where that is known; undefined after a gap. */
async function explained(
  db: Db,
  { endpoint, epoch }: Chain,
): Promise<ReadonlyMap<number, string | undefined>> {
  const gaps = await db
    .selectFrom('gaps')
    .select('last')
    .where('endpoint', '=', endpoint)
    .where('epoch', '=', epoch)
    .execute();
  const gone = await db
    .selectFrom('tombstones')
    .select([
      sql<number>`body ->> '$.evidence.last'`.as('last'),
      sql<string>`body ->> '$.evidence.headAfter'`.as('head'),
    ])
    .where('class', '=', 'evidence')
    .where(sql`body ->> '$.cause'`, '=', 'retention')
    .where(sql`body ->> '$.evidence.endpoint'`, '=', endpoint)
    .where(sql`body ->> '$.evidence.epoch'`, '=', epoch)
    .execute();
  const of: (readonly [number, string | undefined])[] = [
    ...gone.map(({ last, head }) => [last, head] as const),
    ...gaps.map(({ last }) => [last, undefined] as const),
  ];
  return new Map(of);
}

function hashOf(prev: string, payload: Uint8Array): string {
  return createHash('sha256')
    .update(Buffer.from(prev, 'base64url'))
    .update(inflateRawSync(payload))
    .digest('base64url');
}

/** What the database file says of itself; empty when it is whole. */
export async function fileProblems(db: Db, all: boolean): Promise<readonly string[]> {
  const { rows } = await sql<
    Record<string, string>
  >`${sql.raw(`pragma ${all ? 'integrity_check' : 'quick_check'}(10)`)}`.execute(db);
  return rows.flatMap((row) => Object.values(row)).filter((text) => text !== 'ok');
}

/** Of the latest batch, and of the first: how much has come in since. */
export async function arrivals(db: Db): Promise<{ readonly first?: string; readonly last?: string }> {
  const first = await db
    .selectFrom('batches')
    .select('received_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  const last = await db
    .selectFrom('batches')
    .select('received_at')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { ...(first ? { first: first.received_at } : {}), ...(last ? { last: last.received_at } : {}) };
}

/** Chains to look at: all, or some at random. */
export async function chainsToCheck(db: Db, most: number | undefined) {
  return db
    .selectFrom('cursors')
    .innerJoin('endpoints', 'endpoints.id', 'cursors.endpoint')
    .select(['cursors.endpoint', 'cursors.epoch', 'endpoints.public_key'])
    .$if(most !== undefined, (select) => select.orderBy(sql`random()`).limit(most ?? 0))
    .execute();
}
