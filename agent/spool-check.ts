import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import * as z from 'zod/mini';
import { batchHeaderSchema, type SealedBatch } from '../shared/frames.ts';
import { sha256 } from './identity.ts';
import { spoolReader, spoolState } from './spool-reader.ts';
import { spoolStatements } from './spool-statements.ts';

/** The file is readable, and does not hold what was written. */
export class Damage extends Error {
  override readonly name = 'Damage';
}

/** Whose spool it is to be. */
export interface Owner {
  readonly endpoint: string;
  readonly sign: (bytes: Uint8Array) => string;
}

/** Makes `crc32(text)` known to SQL: a disk that gives back other bytes is found before they are signed. */
export function addChecksum(database: DatabaseSync): void {
  database.function('crc32', { deterministic: true }, (text) => crc32(String(text)));
}

const countRow = z.object({ count: z.number() });
const rangeRow = z.object({
  count: z.number(),
  lowest: z.nullable(z.number()),
  highest: z.nullable(z.number()),
});
const batchRow = z.object({
  epoch: z.string(),
  first: z.number(),
  last: z.number(),
  header: z.string(),
  payload: z.string(),
});

/** Reads everything that may still be sent. Throws Damage, or what SQLite throws, unless it is as it was written. */
export function checkContent(database: DatabaseSync, { endpoint, sign }: Owner): void {
  spoolReader(database);
  spoolStatements(database);
  const count = (sql: string): number => z.parse(countRow, database.prepare(sql).get()).count;
  const changed = count(`select
    (select count(*) from spool where crc <> crc32(endpoint || '|' || epoch || '|' || next || '|' || head))
    + (select count(*) from unsealed where crc <> crc32(coalesce(key, '') || '|' || ended || '|' || rank || '|' || kind || '|' || body))
    + (select count(*) from open_facts where crc <> crc32(key || '|' || fact))
    + (select count(*) from told where crc <> crc32(key || '|' || fact))
    + (select count(*) from holes where crc <> crc32(kinds)) as count`);
  if (changed > 0) throw new Damage(`${changed} rows are not what was written`);
  const state = spoolState(database);
  // What was sealed under another name has another key, and is given up anyway.
  if (state && state.endpoint !== endpoint) return;
  const sealedTo = checkWaiting(database, { epoch: state?.epoch ?? '', sign });
  const pending = z.parse(
    rangeRow,
    database
      .prepare(
        `select coalesce(sum(last - first + 1), 0) as count, min(first) as lowest, max(last) as highest from (
           select seq as first, seq as last from unsealed union all select first, last from holes)`,
      )
      .get(),
  );
  const next = state?.next ?? 1;
  const from = pending.lowest ?? next;
  if (pending.count !== next - from || (pending.highest ?? next - 1) !== next - 1)
    throw new Damage('numbers are missing');
  if (sealedTo !== undefined && sealedTo !== from - 1) throw new Damage('a batch is missing');
}

/** Gives the last number that is sealed and waits. */
function checkWaiting(
  database: DatabaseSync,
  { epoch, sign }: { readonly epoch: string; readonly sign: (bytes: Uint8Array) => string },
): number | undefined {
  const rows = database.prepare(
    `select epoch, first, last, header, payload from batches where fate = 'waiting' order by first`,
  );
  let before: SealedBatch | undefined;
  for (const row of rows.iterate()) {
    const { header: text, payload, ...place } = z.parse(batchRow, row);
    const batch = { header: z.parse(batchHeaderSchema, json(text)), payload };
    const { first, last, prev } = batch.header;
    const inPlace =
      place.epoch === epoch && batch.header.epoch === epoch && place.first === first && place.last === last;
    const follows = !before || (prev === before.header.hash && first === before.header.last + 1);
    if (!inPlace || !follows || !isSealed(batch, sign))
      throw new Damage(`the batch from ${first} is not what was sealed`);
    before = batch;
  }
  return before?.header.last;
}

/** Ed25519 gives one signature for one key and message, so the private key alone can check its own. */
export function isSealed({ header, payload }: SealedBatch, sign: (bytes: Uint8Array) => string): boolean {
  const hash = sha256(Buffer.from(header.prev, 'base64url'), payload);
  return hash.toString('base64url') === header.hash && sign(hash) === header.signature;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Damage('not JSON', { cause });
  }
}
