import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Button } from 'react-aria-components/Button';
import { CASE_STATUSES, type Case } from '../../../shared/case.ts';
import { casesQuery } from '../data/queries.ts';
import { useLabels } from '../data/use-labels.ts';
import { CaseMark } from '../parts/case-mark.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { FilterSelect } from '../parts/filter-select.tsx';
import { SeverityMark } from '../parts/marks.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { PageHead } from '../parts/page.tsx';
import { RowLink } from '../parts/row-link.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Ago } from '../parts/time.tsx';
import { useParams } from '../parts/use-params.ts';
import { CASE_STATUS_LABELS, triggersText } from '../text/case-text.ts';
import { plural } from '../text/labels.ts';

/** Findings that belong to one story, latest change first. */
export function CasesPage() {
  const { params, change } = useParams();
  const status = CASE_STATUSES.find((known) => known === params.get('status'));
  const cases = useInfiniteQuery(casesQuery(status === undefined ? {} : { status }));
  const rows = useMemo(() => cases.data?.pages.flatMap((page) => page.cases), [cases.data]);
  return (
    <>
      <PageHead title="Cases">
        <search className="filters">
          <FilterSelect
            label="Status"
            value={status ?? ''}
            onChange={(value) => change('status', value)}
            options={[
              { id: '', label: 'Any status' },
              ...CASE_STATUSES.map((id) => ({ id, label: CASE_STATUS_LABELS[id] })),
            ]}
          />
        </search>
      </PageHead>
      <Loaded query={{ ...cases, data: rows }}>{(loaded) => <Rows cases={loaded} />}</Loaded>
      {cases.hasNextPage && (
        <Button
          className="button more"
          isDisabled={cases.isFetchingNextPage}
          onPress={() => void cases.fetchNextPage()}
        >
          {cases.isFetchingNextPage ? 'Loading…' : 'Load older cases'}
        </Button>
      )}
    </>
  );
}

/** Names beyond these are counted. */
const MOST_NAMES = 3;

function Rows({ cases }: { readonly cases: readonly Case[] }) {
  const labels = useLabels(cases.flatMap(({ contractors }) => contractors));
  if (cases.length === 0)
    return (
      <Empty title="No case.">
        <p>
          A case opens on any critical finding, or when three of the six families of findings fire for one
          contractor within 14 days.
        </p>
      </Empty>
    );
  const columns: readonly Column<Case>[] = [
    { key: 'severity', head: 'Severity', cell: ({ severity }) => <SeverityMark severity={severity} /> },
    {
      key: 'case',
      head: 'Case',
      cell: ({ id, contractors, triggers }) => (
        <>
          <RowLink href={`/cases/${encodeURIComponent(id)}`}>{storyOf(contractors, labels)}</RowLink>
          <span className="reason">{triggersText(triggers)}</span>
        </>
      ),
    },
    {
      key: 'people',
      head: 'Contractors',
      cell: ({ contractors }) => (
        <span className="names">
          {contractors.slice(0, MOST_NAMES).map((id) => (
            <ContractorLink key={id} id={id} label={labels.get(id) ?? null} />
          ))}
          {contractors.length > MOST_NAMES && (
            <span className="faint">+{contractors.length - MOST_NAMES}</span>
          )}
        </span>
      ),
    },
    { key: 'findings', head: 'Findings', numeric: true, cell: ({ findings }) => findings.length },
    { key: 'since', head: 'Opened', cell: ({ openedAt }) => <Ago at={openedAt} /> },
    {
      key: 'outcome',
      head: 'Status',
      cell: ({ status, standing }) => <CaseMark status={status} standing={standing} />,
    },
  ];
  return <DataTable label="Cases" name="cases" columns={columns} rows={cases} rowKey={({ id }) => id} />;
}

function storyOf(contractors: readonly string[], labels: ReadonlyMap<string, string>): string {
  const [first = ''] = contractors;
  const name = labels.get(first) || first;
  return contractors.length === 1 ? name : `${name} and ${plural(contractors.length - 1, 'other')}`;
}
