import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { FindingCounts, FindingRow } from '../../../shared/api/findings.ts';
import { FAMILIES, OUTCOMES, SEVERITIES } from '../../../shared/finding.ts';
import { TRIAGE_STATUSES } from '../../../shared/triage.ts';
import { findingCountsQuery } from '../data/queries.ts';
import { useMe } from '../data/use-triage.ts';
import { ContractorCombo } from '../parts/contractor-combo.tsx';
import { FilterSelect } from '../parts/filter-select.tsx';
import { FilterToggles } from '../parts/filter-toggles.tsx';
import { SeverityShape } from '../parts/icon.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { familyText } from '../text/case-text.ts';
import { OUTCOME_LABELS, SEVERITY_LABELS } from '../text/labels.ts';
import { shortTime } from '../text/time-text.ts';
import { STATUS_LABELS } from '../text/triage-text.ts';
import { ACTIVE, AGES, ALL, type QueueFilter } from './use-queue-filter.ts';

type Props = QueueFilter & {
  readonly findings: readonly FindingRow[];
};

const RISKS = ['40', '100', '200'] as const;
const SORTS = [
  { id: 'updated', label: 'Latest change' },
  { id: 'severity', label: 'Severity' },
  { id: 'risk', label: 'Risk' },
  { id: 'age', label: 'Oldest first' },
] as const;

export function QueueFilters(props: Props) {
  const { filter, days, change, changeSeveral, clear } = props;
  const { sort, order, outcome, ...others } = filter;
  const { data } = useQuery(findingCountsQuery({ ...others, ...(outcome && { outcome }) }));
  const severities = filter.severity?.split(',') ?? [];
  const statuses = filter.status?.split(',') ?? [];
  const filtered = outcome !== 'open' || filter.status !== ACTIVE || Object.keys(others).length > 1;
  return (
    <search className="queue-filters">
      <div className="filters">
        <FilterToggles
          label="Status"
          value={statuses}
          options={TRIAGE_STATUSES.map((id) => ({
            id,
            label: STATUS_LABELS[id],
            count: sum(data, (row) => row.status === id && within(severities, row.severity)),
          }))}
          onChange={(ids) => change('status', statusParam(ids))}
        />
        <FilterToggles
          label="Severity"
          value={severities}
          options={SEVERITIES.toReversed().map((id) => ({
            id,
            label: SEVERITY_LABELS[id],
            icon: (
              <span className={`severity severity-${id}`}>
                <SeverityShape severity={id} />
              </span>
            ),
            count: sum(data, (row) => row.severity === id && within(statuses, row.status)),
          }))}
          onChange={(ids) => change('severity', ids.join(','))}
        />
        <TextFilter value={filter.q ?? ''} onChange={(q) => change('q', q)} />
        <FilterSelect
          label="Sort"
          value={sort ?? 'updated'}
          options={SORTS}
          onChange={(id) => change('sort', id === 'updated' ? null : id)}
        />
      </div>
      <div className="filters">
        <AssigneeFilter {...props} />
        <ContractorCombo
          label="Contractor"
          placeholder="Contractor: all"
          value={filter.contractor ?? null}
          onChange={(id) => change('contractor', id)}
        />
        <FilterSelect
          label="Rule"
          value={filter.rule ?? ALL}
          options={[all('All'), ...rulesOf(props.findings, filter.rule)]}
          onChange={(id) => change('rule', id === ALL ? null : id)}
        />
        <FilterSelect
          label="Family"
          value={filter.family ?? ALL}
          options={[all('All'), ...FAMILIES.map((id) => ({ id, label: familyText(id) }))]}
          onChange={(id) => change('family', id === ALL ? null : id)}
        />
        <FilterSelect
          label="Outcome"
          value={outcome ?? ALL}
          options={[all('All'), ...OUTCOMES.map((id) => ({ id, label: OUTCOME_LABELS[id] }))]}
          onChange={(id) => change('outcome', id === 'open' ? null : id)}
        />
        <FilterSelect
          label="Found"
          value={days ?? filter.since ?? ALL}
          options={[
            all('At any time'),
            ...(filter.since && !days
              ? [{ id: filter.since, label: `Since ${shortTime(filter.since)}` }]
              : []),
            ...AGES.map((id) => ({ id, label: id === '1' ? 'Within a day' : `Within ${id} days` })),
          ]}
          onChange={(id) => changeSeveral({ since: null, days: id === ALL ? null : id })}
        />
        <FilterSelect
          label="Risk"
          value={filter.minRisk === undefined ? ALL : String(filter.minRisk)}
          options={[all('Any'), ...RISKS.map((id) => ({ id, label: `${id} or more` }))]}
          onChange={(id) => change('minRisk', id === ALL ? null : id)}
        />
        {filtered && (
          <Button className="button plain" onPress={clear}>
            Reset
          </Button>
        )}
      </div>
    </search>
  );
}

/** The address follows what is typed once the typing rests. */
function TextFilter({ value, onChange }: { readonly value: string; readonly onChange: (q: string) => void }) {
  const [typed, setTyped] = useState(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing moves the address.
  useEffect(() => {
    if (typed.trim() === value) return undefined;
    const timer = setTimeout(() => onChange(typed.trim()), REST_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  // Resetting the filters empties it as well.
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (typed.trim() !== value) setTyped(value);
  }
  return <SearchBox label="Search findings" value={typed} onChange={setTyped} />;
}

const REST_MS = 200;

function AssigneeFilter({ filter, change }: Props) {
  const { account } = useMe();
  const { assignee } = filter;
  const other = assignee !== undefined && assignee !== 'me' && assignee !== 'none' ? [assignee] : [];
  return (
    <FilterSelect
      label="Assignee"
      value={assignee === account ? 'me' : (assignee ?? ALL)}
      options={[
        all('Anybody'),
        { id: 'me', label: 'Me' },
        { id: 'none', label: 'Nobody' },
        ...other.filter((each) => each !== account).map((each) => ({ id: each, label: each })),
      ]}
      onChange={(id) => change('assignee', id === ALL ? null : id)}
    />
  );
}

function all(label: string) {
  return { id: ALL, label };
}

function statusParam(ids: readonly string[]): string | null {
  const said = TRIAGE_STATUSES.filter((status) => ids.includes(status)).join(',');
  if (said === ACTIVE) return null;
  return said === '' || ids.length === TRIAGE_STATUSES.length ? ALL : said;
}

function within(chosen: readonly string[], value: string): boolean {
  return chosen.length === 0 || chosen.includes(value);
}

type Count = FindingCounts['counts'][number];

function sum(data: FindingCounts | undefined, fits: (row: Count) => boolean): number | undefined {
  return data?.counts.filter(fits).reduce((total, { count }) => total + count, 0);
}

/** Rules that were found so far, and the one that is asked for. */
function rulesOf(findings: readonly FindingRow[], asked: string | undefined) {
  const titles = new Map(asked === undefined ? [] : [[asked, asked]]);
  for (const { rule, title } of findings) titles.set(rule, title);
  return [...titles].map(([id, label]) => ({ id, label })).sort((a, b) => a.label.localeCompare(b.label));
}
