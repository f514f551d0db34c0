import type { Tombstone } from '../../shared/tombstone.ts';
import { appendAction } from './actions.ts';
import { markDirty } from './dirty.ts';
import { type Erasing, eraseEvidence } from './erase-evidence.ts';
import { ERASE_ROWS, type Gone } from './erase-rows.ts';
import {
  ERASED_CLASSES,
  type ErasedClass,
  type ErasureState,
  type ErasureUnderWay,
  erasureOf,
  forgetErasure,
  keepErasure,
} from './erasures.ts';
import { appendFeed } from './feed.ts';
import { holdOn } from './holds.ts';
import type { Db } from './store.ts';
import { digestOf, keepTombstone, NO_DIGEST, tombstoneNamed } from './tombstones.ts';

/** `held` when a legal hold was placed meanwhile: then it goes on when that is released. */
export type Stepped = 'more' | 'held' | 'done';

/**
 * Takes the next step of an erasure that two people agreed on: one small part, with its tombstone and how far it came, in the transaction
 * that it is given. So it may be killed at any moment, and any process may go on.
 */
export async function eraseStep(db: Db, erasing: Erasing): Promise<Stepped> {
  const { contractor } = erasing;
  const state = await erasureOf(db, contractor);
  if (!state?.approved) return 'done';
  if ((await holdOn(db, contractor)) !== undefined) return 'held';
  const after = await step(db, state.approved, erasing);
  if (after) {
    await keepErasure(db, contractor, { ...state, approved: after });
    return 'more';
  }
  await finish(db, { ...state, approved: state.approved }, erasing);
  return 'done';
}

/** Undefined when nothing is left to do. */
async function step(
  db: Db,
  approved: ErasureUnderWay,
  erasing: Erasing,
): Promise<ErasureUnderWay | undefined> {
  if (!approved.evidenceDone) {
    const { rows, place } = await eraseEvidence(db, approved, erasing);
    return { ...counted(approved, 'evidence', rows), place, evidenceDone: place === null };
  }
  const endpoints = [...new Set(approved.tenures.map(({ endpoint }) => endpoint))];
  for (const name of ERASED_CLASSES) {
    if (name === 'evidence') continue;
    const gone = await ERASE_ROWS[name](db, { ...erasing, endpoints });
    if (gone.length === 0) continue;
    const tomb = await bury(db, { name, gone, earlier: approved.tombs[name] }, erasing);
    const after = counted(approved, name, gone.length);
    return { ...after, tombs: { ...after.tombs, [name]: tomb } };
  }
  return undefined;
}

function counted(approved: ErasureUnderWay, name: ErasedClass, rows: number): ErasureUnderWay {
  return { ...approved, rows: { ...approved.rows, [name]: approved.rows[name] + rows } };
}

interface Burial {
  readonly name: ErasedClass;
  readonly gone: readonly Gone[];
  readonly earlier: number | undefined;
}

async function bury(
  db: Db,
  { name, gone, earlier: id }: Burial,
  { contractor, at, signer }: Erasing,
): Promise<number> {
  const earlier = id === undefined ? undefined : await tombstoneNamed(db, id);
  const times = [
    ...gone.map((row) => row.at),
    ...(earlier ? [earlier.tombstone.from, earlier.tombstone.until] : []),
  ].toSorted();
  const tombstone: Tombstone = {
    format: 'farhand-tombstone.v1',
    ...{ class: name, cause: 'erasure', contractor, at },
    from: times[0] ?? at,
    until: times.at(-1) ?? at,
    rows: gone.length + (earlier?.tombstone.rows ?? 0),
    digest: digestOf(
      earlier?.tombstone.digest ?? NO_DIGEST,
      gone.map(({ line }) => line),
    ),
  };
  return keepTombstone(db, tombstone, { signer, replaces: earlier?.id });
}

/** What is left of the person is the id, and that they were erased. */
async function finish(
  db: Db,
  { requestedBy, reason, approved }: ErasureState & { readonly approved: ErasureUnderWay },
  { contractor, at, signer }: Erasing,
): Promise<void> {
  await db.deleteFrom('finding_concerned').where('contractor', '=', contractor).execute();
  await db
    .updateTable('contractors')
    .set({ label: null, declaration: null, updated_at: at, risk: 0, risk_at: at })
    .where('id', '=', contractor)
    .execute();
  await forgetErasure(db, contractor);
  const erasure = { requestedBy, approvedBy: approved.by, reason };
  const rows = Object.values(approved.rows).reduce((sum, count) => sum + count, 0);
  const tombstone: Tombstone = {
    format: 'farhand-tombstone.v1',
    ...{ class: 'erasure', cause: 'erasure', contractor, from: '1970-01-01T00:00:00.000Z', until: at, at },
    ...{ rows, digest: NO_DIGEST, erasure },
  };
  await keepTombstone(db, tombstone, { signer });
  const detail = { ...erasure, rows: approved.rows };
  const by = { at, actor: approved.by, source: 'erasure' };
  await appendAction(db, { ...by, action: 'contractor.erase', subject: contractor, detail });
  await markDirty(db, at, [{ scope: 'contractor', subject: contractor }]);
  await appendFeed(db, at, [{ topic: 'contractor', ref: contractor }]);
}
