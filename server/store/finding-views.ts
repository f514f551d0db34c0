import type { Finding } from '../../shared/finding.ts';
import type { Db } from './store.ts';

/** Findings of one contractor, newest change first. */
export async function latestFindings(db: Db, contractor: string, limit: number): Promise<Finding[]> {
  const rows = await db
    .selectFrom('findings')
    .select('body')
    .where(
      'id',
      'in',
      db.selectFrom('finding_contractors').select('finding').where('contractor', '=', contractor),
    )
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ body }): Finding => JSON.parse(body));
}

/** Cases that hold a finding, the latest first; those that were merged tell no story of their own. */
export async function casesWith(db: Db, finding: string): Promise<string[]> {
  const rows = await db
    .selectFrom('cases')
    .innerJoin('case_findings', 'case_findings.case', 'cases.id')
    .select('id')
    .where('finding', '=', finding)
    .where('status', '!=', 'merged')
    .orderBy('updated_at', 'desc')
    .execute();
  return rows.map(({ id }) => id);
}
