import { sql } from 'kysely';
import type { Instant } from '../../shared/time.ts';
import { among } from './among.ts';
import type { ErasureUnderWay } from './erasures.ts';
import type { Db } from './store.ts';
import { isWithin, type Tenure } from './tenures.ts';
import { digestOf, keepTombstone, NO_DIGEST, type Signer, tombstoneBefore } from './tombstones.ts';

export interface Erasing {
  readonly contractor: string;
  readonly at: Instant;
  readonly signer: Signer;
}

type Place = ErasureUnderWay['place'];

const CHUNK = 100;

/**
 * Takes the payloads of the next batches that came while the endpoint was this contractor's. Their seals stay, so that chains still verify;
 * a tombstone names each row of batches without a hole. Gives how many, and where to look on; nowhere when done.
 */
export async function eraseEvidence(
  db: Db,
  { tenures, place }: Pick<ErasureUnderWay, 'tenures' | 'place'>,
  erasing: Erasing,
): Promise<{ readonly rows: number; readonly place: Place }> {
  const here = place ?? (await nextSpool(db, tenures, undefined));
  if (!here) return { rows: 0, place: null };
  const { endpoint, epoch, after } = here;
  const batches = await db
    .selectFrom('batches')
    .select(['id', 'first', 'last', 'prev', 'hash', 'received_at', LENGTH.as('bytes')])
    .where('endpoint', '=', endpoint)
    .where('epoch', '=', epoch)
    .where('first', '>', after)
    .orderBy('first')
    .limit(CHUNK)
    .execute();
  const mine = tenures.filter((tenure) => tenure.endpoint === endpoint);
  const due = batches.filter(
    ({ bytes, received_at }) => bytes > 0 && mine.some((tenure) => isWithin(tenure, received_at)),
  );
  for (const run of runsOf(due)) await eraseRun(db, { endpoint, epoch, run }, erasing);
  const last = batches.at(-1);
  const on = last && batches.length === CHUNK ? { endpoint, epoch, after: last.first } : undefined;
  return { rows: due.length, place: on ?? (await nextSpool(db, tenures, here)) ?? null };
}

const LENGTH = sql<number>`length(payload)`;

async function nextSpool(
  db: Db,
  tenures: readonly Tenure[],
  before: NonNullable<Place> | undefined,
): Promise<Place | undefined> {
  const endpoints = tenures.map(({ endpoint }) => endpoint);
  const spool = await db
    .selectFrom('cursors')
    .select(['endpoint', 'epoch'])
    .where('endpoint', 'in', among(endpoints))
    .$if(before !== undefined, (select) =>
      select.where((eb) =>
        eb(eb.refTuple('endpoint', 'epoch'), '>', eb.tuple(before?.endpoint ?? '', before?.epoch ?? '')),
      ),
    )
    .orderBy('endpoint')
    .orderBy('epoch')
    .limit(1)
    .executeTakeFirst();
  return spool && { ...spool, after: 0 };
}

interface Batch {
  readonly id: number;
  readonly first: number;
  readonly last: number;
  readonly prev: string;
  readonly hash: string;
  readonly received_at: Instant;
}

/** Batches that follow one another without a hole. */
function runsOf(batches: readonly Batch[]): readonly (readonly Batch[])[] {
  const runs: Batch[][] = [];
  for (const batch of batches) {
    const run = runs.at(-1);
    if (run?.at(-1)?.last === batch.first - 1) run.push(batch);
    else runs.push([batch]);
  }
  return runs;
}

async function eraseRun(
  db: Db,
  {
    endpoint,
    epoch,
    run,
  }: { readonly endpoint: string; readonly epoch: string; readonly run: readonly Batch[] },
  { contractor, at, signer }: Erasing,
): Promise<void> {
  const [oldest, youngest] = [run[0], run.at(-1)];
  if (!oldest || !youngest) return;
  const ids = run.map(({ id }) => id);
  await db.updateTable('batches').set({ payload: new Uint8Array() }).where('id', 'in', among(ids)).execute();
  const evidence = {
    ...{ endpoint, epoch, first: oldest.first, last: youngest.last, batches: run.length },
    observations: run.reduce((sum, { first, last }) => sum + last - first + 1, 0),
    ...{ headBefore: oldest.prev, headAfter: youngest.hash },
  };
  const earlier = await tombstoneBefore(db, evidence, { cause: 'erasure', contractor });
  const part = earlier?.tombstone.evidence;
  const lines = run.map(({ id: _, first, last, prev, hash, received_at }) =>
    JSON.stringify({ first, last, prev, hash, received_at }),
  );
  await keepTombstone(
    db,
    {
      format: 'farhand-tombstone.v1',
      ...{ class: 'evidence', cause: 'erasure', contractor, at },
      from: earlier?.tombstone.from ?? oldest.received_at,
      until: youngest.received_at,
      rows: run.length + (earlier?.tombstone.rows ?? 0),
      digest: digestOf(earlier?.tombstone.digest ?? NO_DIGEST, lines),
      evidence: part
        ? {
            ...evidence,
            ...{ first: part.first, headBefore: part.headBefore },
            batches: part.batches + evidence.batches,
            observations: part.observations + evidence.observations,
          }
        : evidence,
    },
    { signer, replaces: earlier?.id },
  );
}
