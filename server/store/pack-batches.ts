import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

/** The spools of an endpoint, oldest first. */
export async function spoolsOf(db: Db, endpoint: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('cursors')
    .select('epoch')
    .where('endpoint', '=', endpoint)
    .orderBy('started_at')
    .orderBy('epoch')
    .execute();
  return rows.map(({ epoch }) => epoch);
}

export interface PackBatch {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  readonly prev: string;
  readonly hash: string;
  readonly signature: string;
  readonly offset_ms: number;
  readonly received_at: string;
  /** Exactly the bytes that were sealed; undefined when they were not asked for. */
  readonly payload: Buffer | undefined;
}

/** Batches of one spool in the order of its chain, as they were received in the range. */
export async function* batchesOf(
  db: Db,
  of: {
    readonly endpoint: string;
    readonly epoch: string;
    readonly from: Instant;
    readonly to: Instant;
    readonly payloads: boolean;
  },
): AsyncGenerator<PackBatch> {
  let after = 0;
  for (;;) {
    const rows = await db
      .selectFrom('batches')
      .select(['epoch', 'first', 'last', 'prev', 'hash', 'signature', 'offset_ms', 'received_at', 'payload'])
      .where('endpoint', '=', of.endpoint)
      .where('epoch', '=', of.epoch)
      .where('first', '>', after)
      .where('received_at', '>=', of.from)
      .where('received_at', '<', of.to)
      .orderBy('first')
      .limit(BATCHES_PAGE)
      .execute();
    const payloads = of.payloads ? await Promise.all(rows.map(({ payload }) => opened(payload))) : [];
    for (const [index, row] of rows.entries()) yield { ...row, payload: payloads[index] };
    const last = rows.at(-1);
    if (!last) return;
    after = last.first;
  }
}

/** Of a payload that was erased nothing is left. */
async function opened(payload: Uint8Array): Promise<Buffer | undefined> {
  return payload.length === 0 ? undefined : inflate(payload);
}

/** A payload may have 256 KiB, and what was read stays in memory for a while after it was written. */
const BATCHES_PAGE = 8;

const inflate = promisify(inflateRaw);
