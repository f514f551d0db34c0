import {
  type CaseDetail,
  type ContractorRow,
  caseDetailSchema,
  casesPageSchema,
  casesQuerySchema,
} from '../../../shared/api.ts';
import type { Declaration } from '../../../shared/declaration.ts';
import { CodedError } from '../../../shared/errors.ts';
import type { Finding } from '../../../shared/finding.ts';
import { instant } from '../../../shared/time.ts';
import { UNTOUCHED } from '../../../shared/triage.ts';
import { riskOf } from '../../detect/risk.ts';
import { casesPage, findCase, findingsOfCase, type Worked, weighingFindingsOf } from '../../store/cases.ts';
import { contractorRows } from '../../store/contractor-views.ts';
import { historyOf, standingOf } from '../../store/triage.ts';
import type { Api } from '../options.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const caseRoutes: readonly Route[] = [
  reads({
    path: '/cases',
    summary: 'Cases, latest change first, a page at a time',
    query: casesQuerySchema,
    response: casesPageSchema,
    answer: ({ api, query }) => casesPage(api.store.db, query),
  }),
  reads({
    path: '/cases/:id',
    summary: 'One case with its findings, what each contradicts, and the risk of everyone in it as a sum',
    looks: 'case',
    query: NO_QUERY,
    response: caseDetailSchema,
    answer: async ({ api, params: { id = '' } }) => {
      const found = await findCase(api.store.db, id);
      if (!found) throw new CodedError('NOT_FOUND', { case: id });
      return detail(api, found);
    },
  }),
];

async function detail(api: Api, { case: found, triage }: Worked): Promise<CaseDetail> {
  const { db } = api.store;
  const findings = await findingsOfCase(db, found.id);
  const standing = await standingOf(
    db,
    findings.map(({ id }) => id),
  );
  const contractors = await contractorRows(db, found.contractors);
  const open = await weighingFindingsOf(db, found.contractors);
  const now = instant(api.clock());
  return {
    case: found,
    triage,
    history: await historyOf(db, 'case', found.id),
    steps: [...new Set(findings.map(({ rule }) => rule))].flatMap((rule) => {
      const doc = api.ruleDoc(rule);
      return doc ? [{ rule, title: doc.title, triage: doc.triage }] : [];
    }),
    findings: findings.map((finding) => ({
      finding,
      triage: standing.get(finding.id)?.triage ?? UNTOUCHED,
      declared: declaredTo(finding, { contractors, parts: api.ruleDoc(finding.rule)?.contradicts ?? [] }),
    })),
    contractors: contractors.map((contractor) => ({
      contractor,
      risk: riskOf(
        open.filter((finding) => finding.contractors.includes(contractor.id)),
        now,
      ),
    })),
  };
}

/** The parts of a declaration that a finding contradicts, for each contractor whom it concerns. */
function declaredTo(
  finding: Finding,
  {
    contractors,
    parts,
  }: { readonly contractors: readonly ContractorRow[]; readonly parts: readonly string[] },
): { readonly contractor: string; readonly declaration: Declaration }[] {
  return contractors
    .filter(({ id }) => finding.contractors.includes(id))
    .map(({ id, declaration }) => ({
      contractor: id,
      declaration: Object.fromEntries(
        Object.entries(declaration ?? {}).filter(([part]) => parts.includes(part)),
      ),
    }));
}
