import type { FindingsPage, FindingsQuery } from '../../shared/api.ts';
import type { Finding } from '../../shared/finding.ts';
import { pageOf, positionOf } from './page-cursor.ts';
import type { Db } from './store.ts';

const PAGE = 50;

/** One page of findings, newest change first. Throws REQUEST_INVALID for a cursor that is none. */
export async function findFindings(db: Db, query: FindingsQuery): Promise<FindingsPage> {
  const limit = query.limit ?? PAGE;
  let select = db.selectFrom('findings').select(['id', 'updated_at', 'body']);
  if (query.outcome) select = select.where('outcome', '=', query.outcome);
  if (query.severity) select = select.where('severity', '=', query.severity);
  if (query.rule) select = select.where('rule', '=', query.rule);
  if (query.contractor) select = select.where('id', 'in', findingsOf(db, query.contractor));
  if (query.cursor) {
    const { updatedAt, id } = positionOf(query.cursor);
    select = select.where((eb) => eb(eb.refTuple('updated_at', 'id'), '<', eb.tuple(updatedAt, id)));
  }
  const rows = await select
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const { shown, next } = pageOf(rows, limit);
  return { findings: shown.map(findingOf), next };
}

export async function findFinding(db: Db, id: string): Promise<Finding | undefined> {
  const row = await db.selectFrom('findings').select('body').where('id', '=', id).executeTakeFirst();
  return row && findingOf(row);
}

function findingsOf(db: Db, contractor: string) {
  return db.selectFrom('finding_contractors').select('finding').where('contractor', '=', contractor);
}

function findingOf(row: { readonly body: string }): Finding {
  return JSON.parse(row.body);
}
