import type { Finding } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { caseChanges, caseGroups } from '../detect/casework.ts';
import { docketOf, writeCases } from '../store/cases.ts';
import type { Trx } from '../store/store.ts';

/** Opens, joins or dissolves the cases that these changed findings bear on, in the transaction that writes them. */
export async function keepCases(trx: Trx, now: Instant, changed: readonly Finding[]): Promise<void> {
  const contractors = [...new Set(changed.flatMap((finding) => finding.contractors))];
  if (contractors.length === 0) return;
  const { findings, cases, settled, whole } = await docketOf(trx, contractors);
  const changes = caseChanges(caseGroups(findings, { now, settled }), cases, now);
  await writeCases(
    trx,
    now,
    changes.filter(({ standing }) => whole || standing),
  );
}
