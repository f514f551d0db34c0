import { sql } from 'kysely';
import type { Instant } from '../../shared/time.ts';
import { among } from './among.ts';
import { markDirty } from './dirty.ts';
import type { ErasedClass } from './erasures.ts';
import { removeCases, removeFindings } from './purge-rows.ts';
import type { Db } from './store.ts';

export interface Gone {
  readonly at: Instant;
  /** The row as JSON, for the tombstone's digest. */
  readonly line: string;
}

interface Asked {
  readonly contractor: string;
  readonly endpoints: readonly string[];
  readonly at: Instant;
}

/** Removes the next rows of a class about one person alone, at most one chunk of them; none when nothing is left. */
export const ERASE_ROWS: Readonly<
  Record<Exclude<ErasedClass, 'evidence'>, (db: Db, asked: Asked) => Promise<readonly Gone[]>>
> = { spans, findings, cases, declarations };

const CHUNK = 500;

async function spans(db: Db, { contractor, endpoints, at }: Asked): Promise<readonly Gone[]> {
  const mine = db.selectFrom('spans').selectAll().where('contractor', '=', contractor).limit(CHUNK);
  const ended = await mine.where('to', 'is not', null).orderBy('to').orderBy('id').execute();
  const rows =
    ended.length > 0
      ? ended
      : await mine.where('to', 'is', null).where('endpoint', 'in', among(endpoints)).execute();
  const ids = among(rows.map(({ id }) => id));
  const visits = await db.deleteFrom('visits').where('span', 'in', ids).returning('place').execute();
  await db.deleteFrom('spans').where('id', 'in', ids).execute();
  // Whoever was met there is judged anew.
  const places = new Set(visits.map(({ place }) => place));
  await markDirty(
    db,
    at,
    [...places].map((subject) => ({ scope: 'place', subject })),
  );
  return rows.map((row) => ({ at: row.to ?? row.from, line: JSON.stringify(row) }));
}

/** What tells of others too stays theirs. */
const ALONE = sql<boolean>`json_array_length(body, '$.contractors') = 1`;

async function findings(db: Db, { contractor }: Asked): Promise<readonly Gone[]> {
  const about = db.selectFrom('finding_contractors').select('finding').where('contractor', '=', contractor);
  const rows = await db
    .selectFrom('findings')
    .select(['id', 'updated_at', 'body'])
    .where('id', 'in', about)
    .where(ALONE)
    .limit(CHUNK)
    .execute();
  await removeFindings(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ at: row.updated_at, line: row.body }));
}

async function cases(db: Db, { contractor }: Asked): Promise<readonly Gone[]> {
  const about = db.selectFrom('case_contractors').select('case').where('contractor', '=', contractor);
  const rows = await db
    .selectFrom('cases')
    .select(['id', 'updated_at', 'body'])
    .where('id', 'in', about)
    .where(ALONE)
    .limit(CHUNK)
    .execute();
  await removeCases(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ at: row.updated_at, line: row.body }));
}

async function declarations(db: Db, { contractor }: Asked): Promise<readonly Gone[]> {
  const rows = await db
    .deleteFrom('declaration_versions')
    .where('contractor', '=', contractor)
    .returningAll()
    .execute();
  return rows.map((row) => ({ at: row.known_from, line: JSON.stringify(row) }));
}
