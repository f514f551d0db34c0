import { randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Hold, HoldRequest } from '../../shared/api/holds.ts';
import { CodedError } from '../../shared/errors.ts';
import { appendAction } from './actions.ts';
import type { By } from './proposals.ts';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';

/** Keeps everything about a contractor or a case from being purged or erased. Throws NOT_FOUND. */
export async function placeHold(db: Db, { scope, subject, reason }: HoldRequest, by: By): Promise<Hold> {
  const known =
    scope === 'contractor'
      ? await db.selectFrom('contractors').select('id').where('id', '=', subject).executeTakeFirst()
      : await db.selectFrom('cases').select('id').where('id', '=', subject).executeTakeFirst();
  if (!known) throw new CodedError('NOT_FOUND', { [scope]: subject });
  const id = `ho-${randomBytes(6).toString('hex')}`;
  await db
    .insertInto('holds')
    .values({ id, scope, subject, reason, placed_by: by.actor, placed_at: by.at })
    .execute();
  await appendAction(db, { ...by, action: 'hold.place', subject, detail: { hold: id, scope, reason } });
  return holdNamed(db, id);
}

/**
 * The first call asks for the release, and one by another person grants it. Throws NOT_FOUND, FOUR_EYES when one person does both,
 * HOLD_RELEASED.
 */
export async function releaseHold(
  db: Db,
  id: string,
  { reason, by }: { readonly reason: string; readonly by: By },
): Promise<Hold> {
  const hold = await holdNamed(db, id);
  if (hold.releasedAt !== null) throw new CodedError('HOLD_RELEASED', { hold: id });
  const asks = hold.releaseBy === null;
  if (hold.releaseBy === by.actor) throw new CodedError('FOUR_EYES', { actor: by.actor });
  await db
    .updateTable('holds')
    .set(
      asks
        ? { release_by: by.actor, release_at: by.at, release_reason: reason }
        : { released_by: by.actor, released_at: by.at },
    )
    .where('id', '=', id)
    .execute();
  const after = await holdNamed(db, id);
  await appendAction(db, {
    ...by,
    action: asks ? 'hold.release-request' : 'hold.release',
    subject: hold.subject,
    detail: { hold: id, reason, before: hold, after },
  });
  return after;
}

/** Latest first. */
export async function holds(db: Db): Promise<Hold[]> {
  const rows = await db.selectFrom('holds').selectAll().orderBy('placed_at', 'desc').limit(1_000).execute();
  return rows.map(holdOf);
}

/** The holds in force that keep a contractor, by itself or through a case. */
export async function holdsOn(db: Db, contractor: string): Promise<Hold[]> {
  const through = db.selectFrom('case_contractors').select('case').where('contractor', '=', contractor);
  const rows = await db
    .selectFrom('holds')
    .selectAll()
    .where('released_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb.and([eb('scope', '=', 'contractor'), eb('subject', '=', contractor)]),
        eb.and([eb('scope', '=', 'case'), eb('subject', 'in', through)]),
      ]),
    )
    .orderBy('placed_at', 'desc')
    .execute();
  return rows.map(holdOf);
}

/** One of them, if there is any. */
export async function holdOn(db: Db, contractor: string): Promise<string | undefined> {
  return (await holdsOn(db, contractor))[0]?.id;
}

async function holdNamed(db: Db, id: string): Promise<Hold> {
  const row = await db.selectFrom('holds').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new CodedError('NOT_FOUND', { hold: id });
  return holdOf(row);
}

function holdOf(row: Selectable<Tables['holds']>): Hold {
  return {
    id: row.id,
    scope: row.scope === 'case' ? 'case' : 'contractor',
    subject: row.subject,
    reason: row.reason,
    placedBy: row.placed_by,
    placedAt: row.placed_at,
    releaseBy: row.release_by,
    releaseAt: row.release_at,
    releaseReason: row.release_reason,
    releasedBy: row.released_by,
    releasedAt: row.released_at,
  };
}
