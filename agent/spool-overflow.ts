import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { FACT_KINDS, type FactKind } from '../shared/facts.ts';

/** How many of each kind. */
export type Kinds = Readonly<Partial<Record<FactKind, number>>>;

export const kindsSchema = z.partialRecord(z.enum(FACT_KINDS), z.number());

/** Told again soon, or of little weight alone; everything else is evidence of a second hop, or of the agent itself being watched over. */
const INVENTORY: ReadonlySet<FactKind> = new Set(['network', 'display', 'clock', 'platform', 'activity']);

type Rank = 0 | 1;

/** 0 goes first when there is no room. */
export function rankOf(kind: FactKind): Rank {
  return INVENTORY.has(kind) ? 0 : 1;
}

/** How many observations, and how many bytes. */
export interface Load {
  readonly count: number;
  readonly bytes: number;
}

export interface MadeRoom {
  readonly count: number;
  /** Of the unsealed ones. */
  readonly kinds: Kinds;
  /** How many of them were sealed. */
  readonly sealed: number;
}

/** Made at once, so that a full spool does not ask for room at each append. */
const SLACK = 0.01;
const CHUNK = 500;
const victimRow = z.object({ seq: z.number(), kind: z.enum(FACT_KINDS), bytes: z.number() });
type Victim = z.infer<typeof victimRow>;
const batchRow = z.object({ count: z.number(), bytes: z.number() });

/**
 * Brings what waits below the limits, within the caller's transaction: unsealed inventory goes first, then the oldest sealed batches,
 * then unsealed evidence, each oldest first.
 */
export function makeRoom(
  database: DatabaseSync,
  { epoch, load, limits }: { readonly epoch: string; readonly load: Load; readonly limits: Load },
): MadeRoom {
  const excess = {
    count: load.count > limits.count ? load.count - limits.count * (1 - SLACK) : 0,
    bytes: load.bytes > limits.bytes ? load.bytes - limits.bytes * (1 - SLACK) : 0,
  };
  const inventory = dropUnsealed(database, { rank: 0, excess });
  const sealed = dropSealed(database, { epoch, excess: inventory.excess });
  const evidence = dropUnsealed(database, { rank: 1, excess: sealed.excess });
  const unsealed = [...inventory.dropped, ...evidence.dropped];
  for (const run of runsOf(unsealed)) dig(database, run);
  return {
    count: unsealed.length + sealed.count,
    kinds: sumOfKinds(unsealed.map(({ kind }) => ({ [kind]: 1 }))),
    sealed: sealed.count,
  };
}

/**
 * Drops the oldest unsealed observations of a rank; their numbers become holes that the next batch accounts for. Two things stay: the
 * last word on each thing, so that what the collector believes to be true is true (unless it is the end of something that it never
 * heard of), and the newest number.
 */
function dropUnsealed(
  database: DatabaseSync,
  { rank, excess }: { readonly rank: Rank; readonly excess: Load },
): { readonly dropped: readonly Victim[]; readonly excess: Load } {
  const select = database.prepare(
    `select seq, kind, bytes from unsealed as one
     where rank = ? and seq < (select max(seq) from unsealed) and (
       key is null
       or exists (select 1 from unsealed as later where later.key = one.key and later.seq > one.seq)
       or (ended = 1 and not exists (select 1 from told where told.key = one.key)))
     order by seq limit ${CHUNK}`,
  );
  const remove = database.prepare('delete from unsealed where seq = ?');
  const dropped: Victim[] = [];
  let { count, bytes } = excess;
  while (count > 0 || bytes > 0) {
    const found = select.all(rank).map((row) => z.parse(victimRow, row));
    if (found.length === 0) break;
    for (const victim of found) {
      if (count <= 0 && bytes <= 0) break;
      remove.run(victim.seq);
      dropped.push(victim);
      count -= 1;
      bytes -= victim.bytes;
    }
  }
  return { dropped, excess: { count, bytes } };
}

/** The hello's `oldest` accounts for these. */
function dropSealed(
  database: DatabaseSync,
  { epoch, excess }: { readonly epoch: string; readonly excess: Load },
): { readonly count: number; readonly excess: Load } {
  const remove = database.prepare(
    `delete from batches where id =
       (select id from batches where epoch = ? and fate = 'waiting' order by first limit 1)
     returning count, bytes`,
  );
  let dropped = 0;
  let { count, bytes } = excess;
  while (count > 0 || bytes > 0) {
    const gone = z.safeParse(batchRow, remove.get(epoch));
    if (!gone.success) break;
    dropped += gone.data.count;
    count -= gone.data.count;
    bytes -= gone.data.bytes;
  }
  return { count: dropped, excess: { count, bytes } };
}

/** Consecutive numbers that stand for nothing any more. */
interface Hole {
  readonly first: number;
  readonly last: number;
  readonly kinds: Kinds;
}

const holeRow = z.object({ first: z.number(), last: z.number(), kinds: z.string() });

/** Adds a hole, as one with those that it touches: there are never more holes than observations between them. */
export function dig(database: DatabaseSync, hole: Hole): void {
  const touching = database
    .prepare('delete from holes where last = ? or first = ? returning first, last, kinds')
    .all(hole.first - 1, hole.last + 1)
    .map((row) => z.parse(holeRow, row))
    .map(({ kinds, ...range }): Hole => ({ ...range, kinds: z.parse(kindsSchema, JSON.parse(kinds)) }));
  const all = [hole, ...touching];
  const first = Math.min(...all.map((one) => one.first));
  const last = Math.max(...all.map((one) => one.last));
  const kinds = sumOfKinds(all.map((one) => one.kinds));
  database
    .prepare('insert into holes (first, last, kinds, crc) values (:first, :last, :kinds, crc32(:kinds))')
    .run({ first, last, kinds: JSON.stringify(kinds) });
}

export function sumOfKinds(list: readonly Kinds[]): Kinds {
  const sum = new Map<string, number>();
  for (const kinds of list)
    for (const [kind, count] of Object.entries(kinds)) sum.set(kind, (sum.get(kind) ?? 0) + count);
  return z.parse(kindsSchema, Object.fromEntries(sum));
}

function runsOf(victims: readonly Victim[]): readonly Hole[] {
  const runs: Hole[] = [];
  for (const { seq, kind } of victims.toSorted((a, b) => a.seq - b.seq)) {
    const run = runs.at(-1);
    if (run?.last === seq - 1)
      runs[runs.length - 1] = {
        ...run,
        last: seq,
        kinds: { ...run.kinds, [kind]: (run.kinds[kind] ?? 0) + 1 },
      };
    else runs.push({ first: seq, last: seq, kinds: { [kind]: 1 } });
  }
  return runs;
}
