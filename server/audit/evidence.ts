import { batchesOf, type PackBatch, spoolsOf } from '../store/pack-batches.ts';
import type { PackRange } from '../store/pack-scope.ts';
import type { Db } from '../store/store.ts';
import { columns, listed, type Table } from './table.ts';

/** What a pack holds of one spool. */
export interface SpoolAccount {
  readonly endpoint: string;
  readonly epoch: string;
  readonly batches: number;
  readonly first: number;
  readonly last: number;
  readonly head: string;
}

export interface EvidenceSource {
  readonly db: Db;
  readonly range: PackRange;
  readonly payloads: boolean;
  /** Told of every spool when its last batch was written. */
  readonly account: (spool: SpoolAccount) => void;
}

export function evidencePath(endpoint: string): string {
  return `evidence/${endpoint}.batches`;
}

/**
 * Every batch of an endpoint as one line of JSON, the seal, and after it the sealed payload: as many bytes as `bytes` says, unchanged,
 * and a line feed. Without payloads the lines stand alone. Spool after spool, each in the order of its chain.
 */
export async function* evidenceOf(
  endpoint: string,
  { db, range, payloads, account }: EvidenceSource,
): AsyncGenerator<Buffer> {
  for (const epoch of await spoolsOf(db, endpoint)) {
    let spool: SpoolAccount | undefined;
    for await (const batch of batchesOf(db, { endpoint, epoch, from: range.from, to: range.to, payloads })) {
      const { first, last, hash: head } = batch;
      spool = {
        endpoint,
        epoch,
        batches: (spool?.batches ?? 0) + 1,
        first: spool?.first ?? first,
        last,
        head,
      };
      yield lineOf(batch);
    }
    if (spool) account(spool);
  }
}

const LINE_FEED = Buffer.from('\n');

function lineOf({
  epoch,
  first,
  last,
  prev,
  hash,
  signature,
  received_at,
  offset_ms,
  payload,
}: PackBatch): Buffer {
  const seal = { epoch, first, last, prev, hash, signature, receivedAt: received_at, offsetMs: offset_ms };
  if (!payload) return Buffer.from(`${JSON.stringify(seal)}\n`);
  const line = JSON.stringify({ ...seal, bytes: payload.length });
  return Buffer.concat([Buffer.from(`${line}\n`), payload, LINE_FEED]);
}

/** Written after the evidence of which it tells. */
export function spoolTable(spools: readonly SpoolAccount[]): Table {
  return {
    name: 'spools',
    describes: 'How much evidence of each spool the pack holds, by when the collector received it.',
    columns: columns(
      'endpoint Endpoint',
      'epoch Spool',
      'batches:integer Sealed batches in the pack',
      'first:integer First number',
      'last:integer Last number',
      'head Hash of the last batch',
    ),
    rows: () => listed(spools.map((spool) => ({ ...spool }))),
  };
}
