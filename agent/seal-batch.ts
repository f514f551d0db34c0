import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { type BatchHeader, LIMITS } from '../shared/frames.ts';
import type { Instant } from '../shared/time.ts';
import { sha256 } from './identity.ts';

/** A batch is full at this size: what its header and the payload's frame add stays well below the limit of a frame. */
export const FULL = { observations: LIMITS.batchObservations, bytes: LIMITS.frameBytes - 4_096 } as const;

export interface SealOptions {
  readonly epoch: string;
  /** Hash of the batch before, or of the genesis text. */
  readonly head: string;
  readonly sealedAt: Instant;
  readonly sign: (bytes: Uint8Array) => string;
}

const unsealedRow = z.object({ seq: z.number(), body: z.string(), bytes: z.number() });

/** Seals the oldest unsealed observations as one batch, within the caller's transaction. False when there are none. */
export function sealFirst(database: DatabaseSync, { epoch, head, sealedAt, sign }: SealOptions): boolean {
  const rows = database
    .prepare('select seq, body, bytes from unsealed order by seq limit ?')
    .all(FULL.observations)
    .map((row) => z.parse(unsealedRow, row));
  const taken = fitting(rows);
  const [first, last] = [taken.at(0)?.seq, taken.at(-1)?.seq];
  if (first === undefined || last === undefined) return false;

  const payload = `{"sealedAt":"${sealedAt}","observations":[${taken.map(({ body }) => body).join(',')}]}`;
  const hash = sha256(Buffer.from(head, 'base64url'), payload);
  const header: BatchHeader = {
    type: 'batch',
    epoch,
    first,
    last,
    prev: head,
    hash: hash.toString('base64url'),
    signature: sign(hash),
  };
  database
    .prepare(
      `insert into batches (epoch, first, last, bytes, header, payload, fate) values (?, ?, ?, ?, ?, ?, 'waiting')`,
    )
    .run(epoch, first, last, Buffer.byteLength(payload), JSON.stringify(header), payload);
  database.prepare('delete from unsealed where seq <= ?').run(last);
  database.prepare('update spool set head = ?').run(header.hash);
  return true;
}

/** As many as fit into one frame, and always the first: no observation that the schema allows is larger than a frame. */
function fitting<T extends { readonly bytes: number }>(rows: readonly T[]): readonly T[] {
  let total = 0;
  const end = rows.findIndex(({ bytes }, index) => {
    total += bytes + 1;
    return index > 0 && total > FULL.bytes;
  });
  return end === -1 ? rows : rows.slice(0, end);
}
