import { Button } from 'react-aria-components/Button';
import { type FindingsQuery, findingsQuerySchema } from '../../../shared/api.ts';
import { type Finding, OUTCOMES, SEVERITIES } from '../../../shared/finding.ts';
import { ContractorCombo } from '../parts/contractor-combo.tsx';
import { FilterSelect } from '../parts/filter-select.tsx';
import { type Params, useParams } from '../parts/use-params.ts';
import { OUTCOME_LABELS, SEVERITY_LABELS } from '../text/labels.ts';

export interface QueueFilter extends Pick<Params, 'change' | 'clear'> {
  readonly filter: FindingsQuery;
}

const ALL = 'all';
const {
  outcome: outcomes,
  severity: severities,
  rule: rules,
  contractor: contractors,
} = findingsQuerySchema.shape;

/** The filter that the URL says. What it says wrongly counts as not said. */
export function useQueueFilter(): QueueFilter {
  const { params, change, clear } = useParams();
  const said = (name: string) => params.get(name) ?? undefined;
  const outcome = params.get('outcome') === ALL ? undefined : (valid(outcomes, said('outcome')) ?? 'open');
  const severity = valid(severities, said('severity'));
  const rule = valid(rules, said('rule'));
  const contractor = valid(contractors, said('contractor'));
  const filter: FindingsQuery = {
    ...(outcome && { outcome }),
    ...(severity && { severity }),
    ...(rule && { rule }),
    ...(contractor && { contractor }),
  };
  return { filter, change, clear };
}

export function QueueFilters(props: QueueFilter & { readonly findings: readonly Finding[] }) {
  const { filter, change, clear, findings } = props;
  const filtered = Object.keys(filter).some((name) => name !== 'outcome') || filter.outcome !== 'open';
  return (
    <search className="filters">
      <FilterSelect
        label="Outcome"
        value={filter.outcome ?? ALL}
        options={[all('All'), ...OUTCOMES.map((id) => ({ id, label: OUTCOME_LABELS[id] }))]}
        onChange={(id) => change('outcome', id === 'open' ? null : id)}
      />
      <FilterSelect
        label="Severity"
        value={filter.severity ?? ALL}
        options={[all('All'), ...SEVERITIES.toReversed().map((id) => ({ id, label: SEVERITY_LABELS[id] }))]}
        onChange={(id) => change('severity', id === ALL ? null : id)}
      />
      <FilterSelect
        label="Rule"
        value={filter.rule ?? ALL}
        options={[all('All'), ...rulesOf(findings, filter.rule)]}
        onChange={(id) => change('rule', id === ALL ? null : id)}
      />
      <ContractorCombo
        label="Contractor"
        placeholder="Contractor: all"
        value={filter.contractor ?? null}
        onChange={(id) => change('contractor', id)}
      />
      {filtered && (
        <Button className="button plain" onPress={clear}>
          Reset
        </Button>
      )}
    </search>
  );
}

function all(label: string) {
  return { id: ALL, label };
}

/** Rules that were found so far, and the one that is asked for. */
function rulesOf(findings: readonly Finding[], asked: string | undefined) {
  const titles = new Map(asked === undefined ? [] : [[asked, asked]]);
  for (const { rule, title } of findings) titles.set(rule, title);
  return [...titles].map(([id, label]) => ({ id, label })).sort((a, b) => a.label.localeCompare(b.label));
}

function valid<T>(
  schema: { safeParse(value: unknown): { readonly success: boolean; readonly data?: T | undefined } },
  value: string | undefined,
): T | undefined {
  return value === undefined ? undefined : schema.safeParse(value).data;
}
