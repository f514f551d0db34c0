import { type Finding, type Scope, SEVERITIES } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { appendFeed } from './feed.ts';
import { keepVersion } from './finding-versions.ts';
import { prepared } from './prepared.ts';
import type { Db, Trx } from './store.ts';

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
export async function writeFindings(trx: Trx, at: Instant, findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) {
    upsert(trx, finding);
    setContractors(trx, finding);
    keepVersion(trx, at, finding);
  }
  await appendFeed(
    trx,
    at,
    findings.map(({ id }) => ({ topic: 'finding', ref: id })),
  );
}

const upsertFinding = prepared((db) =>
  db
    .insertInto('findings')
    .values({
      ...{ id: '', rule: '', scope: '', subject: '', key: '', found_at: '' },
      ...{ severity: '', outcome: '', from: '', to: '', updated_at: '', body: '' },
      ...{ title: '', family: '', severity_rank: 0 },
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        severity: eb.ref('excluded.severity'),
        outcome: eb.ref('excluded.outcome'),
        from: eb.ref('excluded.from'),
        to: eb.ref('excluded.to'),
        updated_at: eb.ref('excluded.updated_at'),
        body: eb.ref('excluded.body'),
        title: eb.ref('excluded.title'),
        family: eb.ref('excluded.family'),
        severity_rank: eb.ref('excluded.severity_rank'),
      })),
    ),
);

function upsert(trx: Trx, finding: Finding): void {
  const { id, rule, scope, subject, key, severity, outcome, from, to, foundAt, updatedAt } = finding;
  const changing = [severity, outcome, from, to, updatedAt, JSON.stringify(finding)];
  const shown = [finding.title, finding.family, SEVERITIES.indexOf(severity)];
  upsertFinding.run(trx, [id, rule, scope, subject, key, foundAt, ...changing, ...shown]);
}

const deleteContractors = prepared((db) => db.deleteFrom('finding_contractors').where('finding', '=', ''));
const insertContractor = prepared((db) =>
  db.insertInto('finding_contractors').values({ finding: '', contractor: '' }),
);

function setContractors(trx: Trx, { id, contractors }: Finding): void {
  deleteContractors.run(trx, [id]);
  for (const contractor of contractors) insertContractor.run(trx, [id, contractor]);
}
