import type { Case } from '../../shared/case.ts';
import type { Finding } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { SYSTEM, type TriageChange } from '../../shared/triage.ts';
import { caseChanges, caseGroups } from '../detect/casework.ts';
import { docketOf, findCase, writeCases } from '../store/cases.ts';
import { keepRisks } from '../store/risks.ts';
import type { Trx } from '../store/store.ts';
import { keepWork } from '../store/triage.ts';

/** Opens, joins or dissolves the cases that these changed findings bear on, in the transaction that writes them. */
export async function keepCases(trx: Trx, now: Instant, changed: readonly Finding[]): Promise<void> {
  const contractors = [...new Set(changed.flatMap((finding) => finding.contractors))];
  if (contractors.length === 0) return;
  const { findings, cases, settled, explained, whole } = await docketOf(trx, contractors);
  keepRisks(trx, now, { changed, open: findings.filter(({ id }) => !explained.has(id)) });
  const changes = caseChanges(caseGroups(findings, { now, settled }), cases, now).filter(
    ({ standing }) => whole || standing,
  );
  const before = new Map(cases.map((each) => [each.id, each]));
  for (const each of changes) await noteTurn(trx, { before: before.get(each.id), after: each, now });
  await writeCases(trx, now, changes);
}

interface Turn {
  readonly before: Case | undefined;
  readonly after: Case;
  readonly now: Instant;
}

/** What judging made of a case belongs into its history, beside what people did. */
async function noteTurn(trx: Trx, { before, after, now }: Turn): Promise<void> {
  const change = before && turnOf(before, after);
  const worked = change && (await findCase(trx, after.id));
  if (!worked) return;
  const doer = { by: SYSTEM, at: now, system: true } as const;
  await keepWork(trx, { about: 'case', subject: after.id, before: worked.triage }, { change, doer });
}

function turnOf(before: Case, after: Case): TriageChange | undefined {
  if (before.status === 'closed' && after.status === 'new')
    return { status: 'new', note: 'A finding that was decided came back or got worse.' };
  if (before.status === 'dissolved' && after.status === 'new') return { note: 'What opened it came back.' };
  if (before.status !== after.status && after.status === 'merged')
    return { note: `Case ${after.mergedInto ?? ''} tells this story now.` };
  if (before.status !== after.status && after.status === 'dissolved')
    return { note: 'What opened it was taken away.' };
  if (before.standing && !after.standing)
    return { note: 'What opened it was taken away; it no longer stands.' };
  return undefined;
}
