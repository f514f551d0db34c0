import { sql } from 'kysely';
import { among } from './among.ts';
import type { Db } from './store.ts';

/** What must not be purged, however old: whatever a hold, an open case or an open finding rests on. */
export interface Kept {
  readonly contractors: ReadonlySet<string>;
  readonly endpoints: ReadonlySet<string>;
  readonly cases: ReadonlySet<string>;
  readonly findings: ReadonlySet<string>;
  readonly spans: ReadonlySet<number>;
}

export async function keptNow(db: Db): Promise<Kept> {
  const contractors = await ids(
    db,
    sql`select subject as id from holds where scope = 'contractor' and released_at is null
      union select contractor from case_contractors
        where "case" in (select subject from holds where scope = 'case' and released_at is null)`,
  );
  const held = among(contractors);
  const endpoints = await ids(
    db,
    sql`select id from endpoints where contractor in ${held}
      union select endpoint from spans where contractor in ${held}`,
  );
  const cases = await ids(
    db,
    sql`select id from cases where status in ('new', 'investigating')
      union select subject from holds where scope = 'case' and released_at is null`,
  );
  const findings = await ids(
    db,
    sql`select id from findings where outcome = 'open'
      union select finding from case_findings where "case" in ${among(cases)}`,
  );
  const spans = await ids(
    db,
    sql`select distinct each.value as id from findings, json_each(findings.body, '$.spans') each
      where findings.id in ${among(findings)}`,
  );
  return { contractors, endpoints, cases, findings, spans: new Set([...spans].map(Number)) };
}

/** Changes whenever `keptNow` may have. */
export async function keptVersion(db: Db): Promise<string> {
  const { rows } = await sql<{
    version: string;
  }>`select coalesce((select max(updated_at) from findings), '') || ' '
    || coalesce((select max(updated_at) from cases), '') || ' ' || (select count(*) from holds) || ' '
    || coalesce((select max(released_at) from holds), '') as version`.execute(db);
  return rows[0]?.version ?? '';
}

/** The numbers in a spool that are to stay: of what is true still, and of what is kept. */
export async function keptNumbers(
  db: Db,
  { spans }: Kept,
  { endpoint, epoch }: { readonly endpoint: string; readonly epoch: string },
): Promise<readonly number[]> {
  const open = await db
    .selectFrom('spans')
    .select('seq')
    .where('endpoint', '=', endpoint)
    .where('to', 'is', null)
    .where('epoch', '=', epoch)
    .execute();
  const rests = await db
    .selectFrom('spans')
    .select('seq')
    .where('id', 'in', among(spans))
    .where('endpoint', '=', endpoint)
    .where('epoch', '=', epoch)
    .execute();
  return [...open, ...rests].flatMap(({ seq }) => seq ?? []);
}

async function ids(db: Db, query: ReturnType<typeof sql>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`select id from (${query})`.execute(db);
  return new Set(rows.map(({ id }) => String(id)));
}
