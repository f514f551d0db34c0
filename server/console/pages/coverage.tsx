import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Advisories } from '../../../shared/api.ts';
import { advisoriesQuery } from '../data/fleet-queries.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { FilterSelect } from '../parts/filter-select.tsx';
import { PageHead } from '../parts/page.tsx';
import { SafeLink } from '../parts/prose.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { useParams } from '../parts/use-params.ts';
import { RULE_TABS } from './rules.tsx';

type Indicator = Advisories[number];

const ANSWERS = [
  { id: 'all', label: 'All' },
  { id: 'rule', label: 'A rule' },
  { id: 'none', label: 'No rule' },
];

/** Every indicator of the published advisories, with the rules that answer it or the reason why none does. */
export function CoveragePage() {
  const { params, change } = useParams();
  const text = params.get('q') ?? '';
  const answered = ANSWERS.find(({ id }) => id === params.get('answered'))?.id ?? 'all';
  const query = useQuery(advisoriesQuery);
  const fits = ({ id, indicator, publisher, rules }: Indicator) =>
    `${id} ${indicator} ${publisher} ${rules.join(' ')}`.toLowerCase().includes(text.trim().toLowerCase()) &&
    (answered === 'all' || rules.length > 0 === (answered === 'rule'));
  return (
    <>
      <PageHead title="Advisory coverage" aside={<Tabs label="Rules" tabs={RULE_TABS} />}>
        <search className="filters">
          <SearchBox label="Find an indicator" value={text} onChange={(value) => change('q', value)} />
          <FilterSelect
            label="Answered by"
            value={answered}
            options={ANSWERS}
            onChange={(id) => change('answered', id === 'all' ? null : id)}
          />
        </search>
      </PageHead>
      <Loaded query={query}>
        {(all) => {
          const rows = all.filter(fits);
          const covered = all.filter(({ rules }) => rules.length > 0).length;
          return (
            <>
              <p className="lead">
                {covered} of {all.length} indicators are answered by a rule; of the others it is said why not.
              </p>
              {rows.length === 0 ? (
                <Empty title="No indicator fits these filters." />
              ) : (
                <DataTable
                  label="Indicators"
                  name="coverage"
                  columns={COLUMNS}
                  rows={rows}
                  rowKey={({ id }) => id}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

const COLUMNS: readonly Column<Indicator>[] = [
  {
    key: 'indicator',
    head: 'Indicator',
    cell: ({ indicator, publisher, published, title, url, confidence }) => (
      <>
        <span className="indicator">{indicator}</span>
        <span className="faint indicator">
          {publisher}, {url ? <SafeLink url={url} text={title} /> : title},{' '}
          <span className="nowrap">{published}</span> · {confidence}
        </span>
      </>
    ),
  },
  {
    key: 'answer',
    head: 'Answered by',
    cell: ({ rules, reason }) =>
      rules.length === 0 ? (
        <span className="faint">{reason ?? 'No rule.'}</span>
      ) : (
        <ul className="answers">
          {rules.map((id) => (
            <li key={id}>
              <Link href={`/rules/${encodeURIComponent(id)}`} className="quiet-link">
                {id}
              </Link>
            </li>
          ))}
        </ul>
      ),
  },
];
