import type { Declaration } from '../../shared/declaration.ts';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

/** A contractor with an endpoint, as auditors count them: no more of a person than the countries that they declared. */
export interface Burden {
  readonly countries: readonly string[];
  /** When the first endpoint was enrolled. */
  readonly since: Instant;
  /** When the last one was revoked; null while one is not. */
  readonly until: Instant | null;
  readonly findings: readonly {
    readonly severity: string;
    readonly outcome: string;
    readonly count: number;
  }[];
}

/** Of every contractor who ever had an endpoint. What could not be judged is no finding. Two statements. */
export async function burdens(db: Db): Promise<readonly Burden[]> {
  const contractors = await db
    .selectFrom('contractors')
    .innerJoin('endpoints', 'endpoints.contractor', 'contractors.id')
    .select((eb) => [
      'contractors.id',
      'contractors.declaration',
      eb.fn.min('endpoints.enrolled_at').as('since'),
      eb.fn.max('endpoints.revoked_at').as('revoked'),
      eb.fn.countAll<number>().as('endpoints'),
      eb.fn.count<number>('endpoints.revoked_at').as('gone'),
    ])
    .groupBy(['contractors.id', 'contractors.declaration'])
    .orderBy('contractors.id')
    .execute();
  const counts = await db
    .selectFrom('findings')
    .innerJoin('finding_contractors', 'finding_contractors.finding', 'findings.id')
    .select((eb) => ['contractor', 'severity', 'outcome', eb.fn.countAll<number>().as('count')])
    .where('outcome', '!=', 'undetermined')
    .groupBy(['contractor', 'severity', 'outcome'])
    .execute();
  const findings = Map.groupBy(counts, ({ contractor }) => contractor);
  return contractors.map(({ id, declaration, since, revoked, endpoints, gone }) => ({
    countries: countriesIn(declaration),
    since,
    until: endpoints === gone ? revoked : null,
    findings: (findings.get(id) ?? []).map(({ severity, outcome, count }) => ({ severity, outcome, count })),
  }));
}

function countriesIn(declaration: string | null): readonly string[] {
  const declared: Declaration = declaration === null ? {} : JSON.parse(declaration);
  return declared.countries ?? [];
}
