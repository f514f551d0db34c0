import type { Instant } from '../../shared/time.ts';
import type { Tombstone } from '../../shared/tombstone.ts';
import { type Kept, keptNumbers } from './kept.ts';
import type { Db } from './store.ts';
import { digestOf, keepTombstone, NO_DIGEST, type Signer, tombstoneBefore } from './tombstones.ts';

export interface Chain {
  readonly endpoint: string;
  readonly epoch: string;
}

export interface PurgeAsk {
  /** Whatever is older goes. */
  readonly before: Instant;
  readonly kept: Kept;
  readonly at: Instant;
  /** Absent to count only. */
  readonly signer?: Signer;
}

export async function chains(db: Db): Promise<readonly Chain[]> {
  return db
    .selectFrom('cursors')
    .select(['endpoint', 'epoch'])
    .orderBy('endpoint')
    .orderBy('epoch')
    .execute();
}

const CHUNK = 100;

/** Takes the next batches of a chain that may go, at most one chunk of them. Gives how many, and after which number to look on; none when done. */
export async function purgeEvidence(
  db: Db,
  { endpoint, epoch, after }: Chain & { readonly after: number },
  { before, kept, at, signer }: PurgeAsk,
): Promise<{ readonly rows: number; readonly after?: number }> {
  if (kept.endpoints.has(endpoint)) return { rows: 0 };
  const rows = await db
    .selectFrom('batches')
    .select(['id', 'first', 'last', 'prev', 'hash', 'received_at'])
    .where('endpoint', '=', endpoint)
    .where('epoch', '=', epoch)
    .where('first', '>', after)
    .orderBy('first')
    .limit(CHUNK)
    .execute();
  const due = rows.filter(({ received_at }) => received_at < before);
  if (due.length === 0) return { rows: 0 };
  const numbers = await keptNumbers(db, kept, { endpoint, epoch });
  const stays = ({ first, last }: (typeof due)[number]) => numbers.some((seq) => seq >= first && seq <= last);
  // One hole at a time: up to the first batch that stays, or behind those that do.
  const start = due.findIndex((row) => !stays(row));
  if (start === -1) return { rows: 0, after: due.at(-1)?.first ?? after };
  const rest = due.slice(start);
  const end = rest.findIndex(stays);
  const gone = end === -1 ? rest : rest.slice(0, end);
  const [oldest, youngest] = [gone[0], gone.at(-1)];
  if (!oldest || !youngest) return { rows: 0 };
  if (!signer) return { rows: gone.length, after: youngest.first };

  const owner = await db
    .selectFrom('endpoints')
    .select('contractor')
    .where('id', '=', endpoint)
    .executeTakeFirst();
  const evidence = {
    endpoint,
    epoch,
    first: oldest.first,
    last: youngest.last,
    batches: gone.length,
    observations: gone.reduce((sum, { first, last }) => sum + last - first + 1, 0),
    headBefore: oldest.prev,
    headAfter: youngest.hash,
  };
  const earlier = await tombstoneBefore(db, evidence, { cause: 'retention' });
  const part = earlier?.tombstone.evidence;
  const tombstone: Tombstone = {
    format: 'farhand-tombstone.v1',
    class: 'evidence',
    cause: 'retention',
    contractor: owner?.contractor ?? null,
    from: earlier?.tombstone.from ?? oldest.received_at,
    until: youngest.received_at,
    at,
    rows: gone.length + (earlier?.tombstone.rows ?? 0),
    digest: digestOf(
      earlier?.tombstone.digest ?? NO_DIGEST,
      gone.map(({ id: _, ...row }) => JSON.stringify(row)),
    ),
    evidence: part
      ? {
          ...evidence,
          first: part.first,
          headBefore: part.headBefore,
          batches: part.batches + evidence.batches,
          observations: part.observations + evidence.observations,
        }
      : evidence,
  };
  await db
    .deleteFrom('batches')
    .where(
      'id',
      'in',
      gone.map(({ id }) => id),
    )
    .execute();
  await keepTombstone(db, tombstone, { signer, replaces: earlier?.id });
  return { rows: gone.length, after: youngest.first };
}
