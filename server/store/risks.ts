import { type ExpressionBuilder, sql } from 'kysely';
import type { Finding } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { riskOf } from '../detect/risk.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';
import type { Trx } from './store.ts';

/**
 * Writes what the open findings of these contractors add up to, and the highest of it beside each finding, for the queue to sort by.
 * Risk decays with time and this does not: it is the risk as of the last change.
 */
export function keepRisks(
  trx: Trx,
  now: Instant,
  { changed, open }: { readonly changed: readonly Finding[]; readonly open: readonly Finding[] },
): void {
  const openOf = new Map<string, Finding[]>();
  for (const finding of open)
    for (const contractor of finding.contractors) {
      const own = openOf.get(contractor);
      if (own) own.push(finding);
      else openOf.set(contractor, [finding]);
    }
  for (const contractor of new Set(changed.flatMap(({ contractors }) => contractors))) {
    const { total } = riskOf(openOf.get(contractor) ?? [], now);
    const { changes } = setRisk.run(trx, [total, now, contractor, total]);
    if (changes > 0) spreadRisk.run(trx, ['open', contractor]);
  }
  for (const { id } of changed) ownRisk.run(trx, [id]);
}

const setRisk = prepared((db) =>
  db.updateTable('contractors').set({ risk: 0, risk_at: '' }).where('id', '=', '').where('risk', '!=', 0),
);

const spreadRisk = prepared((db) =>
  db
    .updateTable('findings')
    .set((eb) => ({ risk: highestRisk(eb) }))
    // With a plus, or every open finding of everybody is looked at.
    .where(sql<boolean>`+outcome = ${''}`)
    .where('id', 'in', (eb) =>
      eb.selectFrom('finding_contractors').select('finding').where('contractor', '=', ''),
    ),
);

const ownRisk = prepared((db) =>
  db
    .updateTable('findings')
    .set((eb) => ({ risk: highestRisk(eb) }))
    .where('id', '=', ''),
);

function highestRisk(eb: ExpressionBuilder<Tables, 'findings'>) {
  return eb
    .selectFrom('finding_contractors')
    .innerJoin('contractors', 'contractors.id', 'finding_contractors.contractor')
    .select((risk) => sql<number>`coalesce(${risk.fn.max('contractors.risk')}, 0)`.as('risk'))
    .whereRef('finding_contractors.finding', '=', 'findings.id')
    .$asScalar()
    .$notNull();
}
