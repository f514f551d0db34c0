import type { Finding } from '../../shared/finding.ts';
import { HOUR, type Instant, millis } from '../../shared/time.ts';
import { prepared } from './prepared.ts';
import type { Db, Trx } from './store.ts';

/** While a contradiction goes on, its figures grow with every look at it: those are kept once an hour at most. */
const GROWTH_EVERY_MS = HOUR;

const latest = prepared((db) =>
  db
    .selectFrom('finding_versions')
    .select(['at', 'body'])
    .where('finding', '=', '')
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1),
);
const insert = prepared((db) => db.insertInto('finding_versions').values({ finding: '', at: '', body: '' }));
const concern = prepared((db) =>
  db
    .insertInto('finding_concerned')
    .values({ contractor: '', finding: '' })
    .onConflict((conflict) => conflict.doNothing()),
);

/**
 * Keeps a finding as it stands now, in the transaction that changes it: always when its outcome, severity, people or its end changed,
 * once an hour when only its words and figures did.
 */
export function keepVersion(trx: Trx, at: Instant, finding: Finding): void {
  const [row] = latest.all(trx, [finding.id, 1]);
  if (row && !isNews(finding, { at, before: JSON.parse(String(row['body'])), since: String(row['at']) }))
    return;
  insert.run(trx, [finding.id, at, JSON.stringify(finding)]);
  for (const contractor of finding.contractors) concern.run(trx, [contractor, finding.id]);
}

function isNews(
  finding: Finding,
  { at, before, since }: { readonly at: Instant; readonly before: Finding; readonly since: Instant },
): boolean {
  if (decisive(finding) !== decisive(before)) return true;
  return millis(at) - millis(since) >= GROWTH_EVERY_MS && figures(finding) !== figures(before);
}

function decisive({ outcome, outcomeReason, severity, contractors, to }: Finding): string {
  return JSON.stringify([outcome, outcomeReason, severity, contractors, to === null]);
}

function figures({ reason, arithmetic, from, to, spans }: Finding): string {
  return JSON.stringify([reason, arithmetic, from, to, spans]);
}

/** Of so many findings, the latest by what changed last. */
const MOST = 1_000;

/** A contractor's findings as they stood at a moment, latest change first. */
export async function findingsAt(db: Db, contractor: string, at: Instant): Promise<Finding[]> {
  const rows = await db
    .selectFrom('finding_concerned')
    .innerJoin('findings', 'findings.id', 'finding_concerned.finding')
    .select((eb) => [
      'findings.updated_at',
      'findings.body',
      eb
        .selectFrom('finding_versions')
        .select('finding_versions.body')
        .whereRef('finding_versions.finding', '=', 'findings.id')
        .where('finding_versions.at', '<=', at)
        .orderBy('finding_versions.at', 'desc')
        .orderBy('finding_versions.id', 'desc')
        .limit(1)
        .as('then'),
    ])
    .where('finding_concerned.contractor', '=', contractor)
    .where('findings.found_at', '<=', at)
    .orderBy('findings.updated_at', 'desc')
    .limit(MOST)
    .execute();
  return rows
    .flatMap((row): Finding[] => {
      const body = row.updated_at <= at ? row.body : row.then;
      return body === null ? [] : [JSON.parse(body)];
    })
    .filter(({ contractors }) => contractors.includes(contractor))
    .toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
}
