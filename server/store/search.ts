import { type SqlBool, sql } from 'kysely';
import type { SearchResult } from '../../shared/api/desk.ts';
import { containing, queuePage } from './queue.ts';
import type { Db } from './store.ts';

const MOST = 20;

/** What is called so: contractors, endpoints, open findings. */
export async function search(db: Db, q: string): Promise<Omit<SearchResult, 'rules'>> {
  const pattern = containing(q);
  const start = pattern.slice(1);
  const contractors = await db
    .selectFrom('contractors')
    .select(['id', 'label'])
    .where(sql<SqlBool>`label like ${pattern} escape '\\' or id like ${pattern} escape '\\'`)
    .orderBy(sql`label like ${start} escape '\\' or id like ${start} escape '\\'`, 'desc')
    .orderBy('id')
    .limit(MOST)
    .execute();
  const endpoints = await db
    .selectFrom('endpoints')
    .select(['id', 'hostname', 'contractor'])
    .where(sql<SqlBool>`hostname like ${pattern} escape '\\' or id like ${pattern} escape '\\'`)
    .orderBy(sql`hostname like ${start} escape '\\' or id like ${start} escape '\\'`, 'desc')
    .orderBy('id')
    .limit(MOST)
    .execute();
  const { findings } = await queuePage(db, { q, outcome: 'open', sort: 'severity', limit: MOST }, '');
  return {
    contractors,
    endpoints,
    findings: findings.map(({ id, title, severity, contractors: about }) => ({
      ...{ id, title, severity },
      contractors: about,
    })),
  };
}
