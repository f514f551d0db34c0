import type { Finding, Scope } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { appendFeed } from './feed.ts';
import type { Db } from './store.ts';

/** All findings of one subject, whatever their outcome. */
export async function findingsAbout(db: Db, scope: Scope, subject: string): Promise<readonly Finding[]> {
  const rows = await db
    .selectFrom('findings')
    .select('body')
    .where('scope', '=', scope)
    .where('subject', '=', subject)
    .execute();
  return rows.map(({ body }): Finding => JSON.parse(body));
}

/** Adds or replaces findings and tells the feed of each. Ring `store.feed` after the commit. */
export async function writeFindings(db: Db, at: Instant, findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) {
    await upsert(db, finding);
    await setContractors(db, finding);
  }
  await appendFeed(
    db,
    at,
    findings.map(({ id }) => ({ topic: 'finding', ref: id })),
  );
}

async function upsert(db: Db, finding: Finding): Promise<void> {
  const { id, rule, scope, subject, key, severity, outcome, from, to, foundAt, updatedAt } = finding;
  const changing = { severity, outcome, from, to, updated_at: updatedAt, body: JSON.stringify(finding) };
  await db
    .insertInto('findings')
    .values({ id, rule, scope, subject, key, found_at: foundAt, ...changing })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changing))
    .execute();
}

async function setContractors(db: Db, { id, contractors }: Finding): Promise<void> {
  await db.deleteFrom('finding_contractors').where('finding', '=', id).execute();
  for (const contractor of contractors) {
    await db.insertInto('finding_contractors').values({ finding: id, contractor }).execute();
  }
}
