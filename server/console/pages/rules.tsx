import { useQuery } from '@tanstack/react-query';
import type { RuleRow } from '../../../shared/api/rules.ts';
import { FAMILIES } from '../../../shared/finding.ts';
import { rulesQuery } from '../data/fleet-queries.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { FilterSelect } from '../parts/filter-select.tsx';
import { SeverityMark } from '../parts/marks.tsx';
import { PageHead } from '../parts/page.tsx';
import { RowLink } from '../parts/row-link.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { useParams } from '../parts/use-params.ts';
import { familyText } from '../text/case-text.ts';

export const RULE_TABS = [
  { href: '/rules', label: 'Rules' },
  { href: '/rules/coverage', label: 'Advisory coverage' },
];
const ALL = 'all';

/** What is judged, how it is set, and what it found. */
export function RulesPage() {
  const { params, change } = useParams();
  const text = params.get('q') ?? '';
  const family = FAMILIES.find((known) => known === params.get('family'));
  const settings = params.get('settings') === 'changed' ? 'changed' : ALL;
  const rules = useQuery(rulesQuery);
  const fits = (row: RuleRow) =>
    `${row.id} ${row.title}`.toLowerCase().includes(text.trim().toLowerCase()) &&
    (family === undefined || row.family === family) &&
    (settings === ALL || row.changed || row.pending > 0);
  return (
    <>
      <PageHead title="Rules" aside={<Tabs label="Rules" tabs={RULE_TABS} />}>
        <search className="filters">
          <SearchBox label="Find a rule" value={text} onChange={(value) => change('q', value)} />
          <FilterSelect
            label="Family"
            value={family ?? ALL}
            options={[{ id: ALL, label: 'All' }, ...FAMILIES.map((id) => ({ id, label: familyText(id) }))]}
            onChange={(id) => change('family', id === ALL ? null : id)}
          />
          <FilterSelect
            label="Settings"
            value={settings}
            options={[
              { id: ALL, label: 'All' },
              { id: 'changed', label: 'Changed or asked for' },
            ]}
            onChange={(id) => change('settings', id === ALL ? null : id)}
          />
        </search>
      </PageHead>
      <Loaded query={rules}>
        {({ rules: all }) => {
          const rows = all.filter(fits);
          if (rows.length === 0) return <Empty title="No rule fits these filters." />;
          return (
            <DataTable label="Rules" name="rules" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />
          );
        }}
      </Loaded>
    </>
  );
}

const COLUMNS: readonly Column<RuleRow>[] = [
  { key: 'severity', head: 'Severity', cell: ({ severity }) => <SeverityMark severity={severity} /> },
  {
    key: 'name',
    head: 'Rule',
    cell: ({ id, title }) => (
      <>
        <RowLink href={`/rules/${encodeURIComponent(id)}`}>{title}</RowLink>
        <span className="rule-code faint">{id}</span>
      </>
    ),
  },
  { key: 'family', head: 'Family', cell: ({ family }) => familyText(family) },
  { key: 'scope', head: 'Judges', cell: ({ scope }) => `${scope}s` },
  {
    key: 'settings',
    head: 'Settings',
    cell: ({ changed, pending }) => (
      <>
        {changed ? (
          <span className="outcome outcome-open">changed</span>
        ) : (
          <span className="faint">default</span>
        )}
        {pending > 0 && <span className="outcome proposal-mark-pending"> {pending} pending</span>}
      </>
    ),
  },
  {
    key: 'count',
    head: 'Open findings',
    numeric: true,
    cell: ({ open }) =>
      open === 0 ? <span className="faint">0</span> : <strong>{open.toLocaleString('en-US')}</strong>,
  },
];
