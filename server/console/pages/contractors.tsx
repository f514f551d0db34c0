import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo } from 'react';
import { Button } from 'react-aria-components/Button';
import type { ContractorRow } from '../../../shared/api.ts';
import { contractorsQuery } from '../data/queries.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Inert } from '../parts/inert.tsx';
import { SeverityCounts } from '../parts/marks.tsx';
import { PageHead } from '../parts/page.tsx';
import { RowLink } from '../parts/row-link.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Seen } from '../parts/time.tsx';
import { useParams } from '../parts/use-params.ts';
import { declarationSummary } from '../text/declaration-text.ts';

export function ContractorsPage() {
  const { params, change } = useParams();
  const text = params.get('q') ?? '';
  const q = useDeferredValue(text.trim());
  const contractors = useInfiniteQuery(contractorsQuery(q === '' ? {} : { q }));
  const rows = useMemo(() => contractors.data?.pages.flatMap((page) => page.contractors), [contractors.data]);
  return (
    <>
      <PageHead title="Contractors">
        <search className="filters">
          <SearchBox label="Find a contractor" value={text} onChange={(value) => change('q', value)} />
        </search>
      </PageHead>
      <Loaded query={{ ...contractors, data: rows }}>{(loaded) => <Rows rows={loaded} text={q} />}</Loaded>
      {contractors.hasNextPage && (
        <Button
          className="button more"
          isDisabled={contractors.isFetchingNextPage}
          onPress={() => void contractors.fetchNextPage()}
        >
          {contractors.isFetchingNextPage ? 'Loading…' : 'Load more contractors'}
        </Button>
      )}
    </>
  );
}

function Rows({ rows, text }: { readonly rows: readonly ContractorRow[]; readonly text: string }) {
  if (rows.length === 0 && text === '')
    return (
      <Empty title="No contractors yet.">
        <p>
          Import a roster with <code>farhand roster import</code>, or enroll an endpoint.
        </p>
      </Empty>
    );
  if (rows.length === 0) return <Empty title={`No contractor matches “${text}”.`} />;
  return (
    <DataTable label="Contractors" name="contractors" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />
  );
}

const COLUMNS: readonly Column<ContractorRow>[] = [
  {
    key: 'name',
    head: 'Contractor',
    cell: ({ id, label }) => (
      <>
        <RowLink href={`/contractors/${encodeURIComponent(id)}`}>
          <Inert text={label || id} />
        </RowLink>
        {label && <span className="faint"> {id}</span>}
      </>
    ),
  },
  {
    key: 'declaration',
    head: 'Declaration',
    cell: ({ declaration }) => {
      const summary = declaration && declarationSummary(declaration);
      return summary ? summary : <span className="missing">not declared</span>;
    },
  },
  { key: 'open', head: 'Open findings', cell: ({ open }) => <SeverityCounts counts={open} /> },
  {
    key: 'endpoints',
    head: 'Online',
    numeric: true,
    cell: ({ online, endpoints }) => (
      <>
        {online}
        <span className="faint">/{endpoints}</span>
      </>
    ),
  },
  {
    key: 'seen',
    head: 'Last seen',
    cell: ({ lastSeenAt, online }) => <Seen at={lastSeenAt} online={online > 0} />,
  },
];
