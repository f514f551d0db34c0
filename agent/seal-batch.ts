import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { type BatchHeader, LIMITS } from '../shared/frames.ts';
import type { Instant } from '../shared/time.ts';
import { sha256 } from './identity.ts';
import { Damage } from './spool-check.ts';
import { type Kinds, kindsSchema, sumOfKinds } from './spool-overflow.ts';
import { numbered } from './spool-unsealed.ts';

/** A batch is full at this size: what its header and the payload's frame add stays well below the limit of a frame. */
const FULL = { observations: LIMITS.batchObservations, bytes: LIMITS.frameBytes - 4_096 } as const;

export interface SealOptions {
  readonly epoch: string;
  /** Hash of the batch before, or of the genesis text. */
  readonly head: string;
  readonly sealedAt: Instant;
  readonly sign: (bytes: Uint8Array) => string;
}

const unsealedRow = z.object({
  seq: z.number(),
  key: z.nullable(z.string()),
  ended: z.number(),
  body: z.string(),
  bytes: z.number(),
  intact: z.number(),
});
type Unsealed = z.infer<typeof unsealedRow>;

const holeRow = z.object({ first: z.number(), kinds: z.string() });

/** Seals the oldest unsealed observations as one batch, within the caller's transaction. False when there are none. */
export function sealFirst(database: DatabaseSync, { epoch, head, sealedAt, sign }: SealOptions): boolean {
  const rows = database
    .prepare(
      `select seq, key, ended, body, bytes,
         crc = crc32(coalesce(key, '') || '|' || ended || '|' || rank || '|' || kind || '|' || body) as intact
       from unsealed order by seq limit ?`,
    )
    .all(FULL.observations)
    .map((row) => z.parse(unsealedRow, row));
  if (rows.some(({ intact }) => intact === 0)) throw new Damage('an observation is not what was written');
  const taken = fitting(rows);
  const [lowest, last] = [taken.at(0)?.seq, taken.at(-1)?.seq];
  if (lowest === undefined || last === undefined) return false;

  const holes = database
    .prepare('delete from holes where first < ? returning first, kinds')
    .all(last)
    .map((row) => z.parse(holeRow, row));
  const first = Math.min(lowest, ...holes.map((hole) => hole.first));
  const dropped = sumOfKinds(holes.map(({ kinds }): Kinds => z.parse(kindsSchema, JSON.parse(kinds))));

  const observations = taken.map(({ seq, body }) => numbered(body, seq)).join(',');
  const missing = holes.length > 0 ? `,"dropped":${JSON.stringify(dropped)}` : '';
  const payload = `{"sealedAt":"${sealedAt}","observations":[${observations}]${missing}}`;
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
      `insert into batches (epoch, first, last, count, bytes, header, payload, fate) values (?, ?, ?, ?, ?, ?, ?, 'waiting')`,
    )
    .run(epoch, first, last, taken.length, Buffer.byteLength(payload), JSON.stringify(header), payload);
  remember(database, taken);
  database.prepare('delete from unsealed where seq <= ?').run(last);
  database.prepare('update spool set head = ?').run(header.hash);
  return true;
}

/** What the sealed observations leave open, as the collector will know it. */
function remember(database: DatabaseSync, sealed: readonly Unsealed[]): void {
  const open = database.prepare(
    `insert into told (key, fact, crc)
     select :key, fact, crc32(:key || '|' || fact) from (select json_extract(:body, '$.fact') as fact) where true
     on conflict (key) do update set fact = excluded.fact, crc = excluded.crc`,
  );
  const close = database.prepare('delete from told where key = ?');
  for (const { key, ended, body } of sealed) {
    if (key === null) continue;
    if (ended === 1) close.run(key);
    else open.run({ key, body });
  }
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
