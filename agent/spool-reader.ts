import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { type Fact, factSchema } from '../shared/facts.ts';
import {
  type BatchPayload,
  batchHeaderSchema,
  batchPayloadSchema,
  type SealedBatch,
} from '../shared/frames.ts';
import type { Instant } from '../shared/time.ts';

/** Where the spool stands in its epoch. */
export interface Position {
  readonly epoch: string;
  /** The first sequence number that waits for delivery; `next` when none does. */
  readonly oldest: number;
  readonly next: number;
}

/** A batch that left this machine, or stands ready to. */
export interface SentBatch {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  /** When the collector's acknowledgement came; null while it is awaited. */
  readonly deliveredAt: Instant | null;
  readonly payload: BatchPayload;
}

export interface SpoolReader {
  position(): Position;
  lastAlive(): Instant | undefined;
  /** How much waits for the collector. */
  waitingBytes(): number;
  /** When the collector last acknowledged something. */
  lastAck(): Instant | undefined;
  /** What is true now, as far as the spool was told. */
  openFacts(): readonly Fact[];
  /** Every batch acknowledged since then, and those that still wait, in the order of sealing. */
  sent(since: Instant): Generator<SentBatch>;
  /** What waits sealed, and with `all` what was delivered and is still kept, in the order of sealing. */
  sealed(all: boolean): Generator<SealedBatch>;
  /** A small text under a name: the policy in force, how the link is. */
  kept(name: KeptName): string | undefined;
}

export type KeptName = 'policy' | 'link';

const stateRow = z.object({
  endpoint: z.string(),
  epoch: z.string(),
  next: z.number(),
  head: z.string(),
  alive: z.nullable(z.string()),
});
const numberRow = z.object({ value: z.nullable(z.number()) });
const textRow = z.object({ value: z.nullable(z.string()) });
const sentRow = z.object({
  epoch: z.string(),
  first: z.number(),
  last: z.number(),
  settled: z.nullable(z.string()),
  payload: z.string(),
});

export type SpoolState = z.infer<typeof stateRow>;

export function spoolState(database: DatabaseSync): SpoolState | undefined {
  const row = database.prepare('select endpoint, epoch, next, head, alive from spool').get();
  return row && z.parse(stateRow, row);
}

export function spoolReader(database: DatabaseSync): SpoolReader {
  const select = {
    oldest: database.prepare(
      `select coalesce(
         (select min(first) from batches where epoch = :epoch and fate = 'waiting'),
         (select min(seq) from (select min(seq) as seq from unsealed union all select min(first) from holes))
       ) as value`,
    ),
    waitingBytes: database.prepare(
      `select (select coalesce(sum(bytes), 0) from batches where epoch = :epoch and fate = 'waiting')
         + (select coalesce(sum(bytes), 0) from unsealed) as value`,
    ),
    lastAck: database.prepare(`select max(settled) as value from batches where fate = 'delivered'`),
    facts: database.prepare('select fact as value from open_facts order by key'),
    sealed: database.prepare(
      `select header, payload from batches where fate = 'waiting' or (fate = 'delivered' and ?) order by id`,
    ),
    kept: database.prepare('select value from kept where name = ?'),
    sent: database.prepare(
      `select epoch, first, last, settled, payload from batches
       where fate = 'waiting' or (fate = 'delivered' and settled >= ?) order by id`,
    ),
  };
  return {
    position() {
      const { epoch = '', next = 1 } = spoolState(database) ?? {};
      const oldest = z.parse(numberRow, select.oldest.get({ epoch })).value;
      return { epoch, oldest: oldest ?? next, next };
    },
    waitingBytes() {
      const { epoch = '' } = spoolState(database) ?? {};
      return z.parse(numberRow, select.waitingBytes.get({ epoch })).value ?? 0;
    },
    lastAlive: () => spoolState(database)?.alive ?? undefined,
    lastAck: () => z.parse(textRow, select.lastAck.get()).value ?? undefined,
    openFacts: () =>
      select.facts.all().flatMap((row) => {
        const fact = z.safeParse(factSchema, JSON.parse(z.parse(textRow, row).value ?? 'null'));
        return fact.success ? [fact.data] : [];
      }),
    *sent(since) {
      for (const row of select.sent.iterate(since)) {
        const { settled, payload, ...batch } = z.parse(sentRow, row);
        yield { ...batch, deliveredAt: settled, payload: z.parse(batchPayloadSchema, JSON.parse(payload)) };
      }
    },
    *sealed(all) {
      for (const row of select.sealed.iterate(all ? 1 : 0)) yield batchOf(row);
    },
    kept(name) {
      const row = select.kept.get(name);
      return row && (z.parse(textRow, row).value ?? undefined);
    },
  };
}

const batchRow = z.object({ header: z.string(), payload: z.string() });

export function batchOf(row: unknown): SealedBatch {
  const { header, payload } = z.parse(batchRow, row);
  return { header: z.parse(batchHeaderSchema, JSON.parse(header)), payload };
}
