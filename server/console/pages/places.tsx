import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useDeferredValue, useMemo } from 'react';
import type { PlaceSummary, PlacesQuery } from '../../../shared/api/places.ts';
import { PLACE_KINDS, type PlaceKind } from '../../../shared/place.ts';
import { placeGraphQuery, placesQuery } from '../data/fleet-queries.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { FilterSelect } from '../parts/filter-select.tsx';
import { Inert } from '../parts/inert.tsx';
import { LoadMore } from '../parts/load-more.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { PageHead } from '../parts/page.tsx';
import { RowLink } from '../parts/row-link.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { Empty, Loaded, Skeleton } from '../parts/states.tsx';
import { Ago } from '../parts/time.tsx';
import { useParams } from '../parts/use-params.ts';
import { NETWORK_LABELS } from '../text/labels.ts';
import {
  COMPANY_MEANINGS,
  companyText,
  PLACE_LABELS,
  PLACE_MEANINGS,
  placeName,
} from '../text/place-text.ts';

const PlaceGraph = lazy(() =>
  import('../parts/place-graph.tsx').then(({ PlaceGraph: graph }) => ({ default: graph })),
);
const KINDS = Object.keys(PLACE_KINDS).filter((kind): kind is PlaceKind => kind in PLACE_LABELS);
const VIEWS = [
  { id: 'graph', label: 'Graph and table' },
  { id: 'table', label: 'Table' },
];
const WHOSE = [
  { id: 'shared', label: 'Shared' },
  { id: 'all', label: 'All' },
];

/** Who shares what: addresses, routers, monitors, devices at which several contractors were. */
export function PlacesPage() {
  const { params, change } = useParams();
  const text = params.get('q') ?? '';
  const kind = KINDS.find((known) => known === params.get('kind'));
  const whose = params.get('show') === 'all' ? 'all' : 'shared';
  const view = params.get('view') === 'table' ? 'table' : 'graph';
  const q = useDeferredValue(text.trim());
  const filter: PlacesQuery = {
    ...(kind && { kind }),
    ...(q !== '' && { q }),
    ...(whose === 'shared' && { visitors: 2 }),
  };
  return (
    <>
      <PageHead title="Places">
        <search className="filters">
          <SearchBox label="Find a place" value={text} onChange={(value) => change('q', value)} />
          <FilterSelect
            label="Kind"
            value={kind ?? 'all'}
            options={[{ id: 'all', label: 'All' }, ...KINDS.map((id) => ({ id, label: PLACE_LABELS[id] }))]}
            onChange={(id) => change('kind', id === 'all' ? null : id)}
          />
          <FilterSelect
            label="Places"
            value={whose}
            options={WHOSE}
            onChange={(id) => change('show', id === 'shared' ? null : id)}
          />
          <FilterSelect
            label="View"
            value={view}
            options={VIEWS}
            onChange={(id) => change('view', id === 'graph' ? null : id)}
          />
        </search>
      </PageHead>
      {view === 'graph' && q === '' && <Graph kind={kind} />}
      <Table filter={filter} />
    </>
  );
}

function Graph({ kind }: { readonly kind: PlaceKind | undefined }) {
  const query = useQuery(placeGraphQuery(kind === undefined ? {} : { kind }));
  return (
    <div className="graph-room">
      <Loaded query={query} skeleton={<Skeleton rows={10} />}>
        {(graph) =>
          graph.places.length === 0 ? (
            <Empty title="Nobody shares a place.">
              <p>Places where two contractors or more were, at the same time or in turn, are drawn here.</p>
            </Empty>
          ) : (
            <Suspense fallback={<Skeleton rows={10} />}>
              <PlaceGraph graph={graph} />
            </Suspense>
          )
        }
      </Loaded>
    </div>
  );
}

function Table({ filter }: { readonly filter: PlacesQuery }) {
  const places = useInfiniteQuery(placesQuery(filter));
  const rows = useMemo(() => places.data?.pages.flatMap((page) => page.places), [places.data]);
  return (
    <>
      <Loaded query={{ ...places, data: rows }}>
        {(loaded) =>
          loaded.length === 0 ? (
            <Empty title="No place fits these filters." />
          ) : (
            <DataTable label="Places" name="places" columns={COLUMNS} rows={loaded} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
      <LoadMore query={places} label="Load more places" />
    </>
  );
}

const COLUMNS: readonly Column<PlaceSummary>[] = [
  {
    key: 'name',
    head: 'Place',
    cell: ({ id }) => (
      <RowLink href={`/places/${encodeURIComponent(id)}`}>
        <Inert text={placeName(id)} />
      </RowLink>
    ),
  },
  {
    key: 'kind',
    head: 'Kind',
    cell: ({ kind, networkClasses }) => (
      <>
        <span title={PLACE_MEANINGS[kind]}>{PLACE_LABELS[kind]}</span>
        {networkClasses.length > 0 && (
          <span className="faint"> {networkClasses.map((known) => NETWORK_LABELS[known]).join(', ')}</span>
        )}
      </>
    ),
  },
  {
    key: 'who',
    head: 'Shared by',
    cell: ({ who, visitors }) => (
      <span className="names">
        <strong>{visitors.toLocaleString('en-US')}</strong>
        {who.map(({ contractor, label }) => (
          <ContractorLink key={contractor} id={contractor} label={label} />
        ))}
        {visitors > who.length && <span className="faint">+{visitors - who.length}</span>}
      </span>
    ),
  },
  {
    key: 'how',
    head: 'How',
    cell: ({ how, visitors }) => <span title={COMPANY_MEANINGS[how]}>{companyText(how, visitors)}</span>,
  },
  {
    key: 'sites',
    head: 'Declared site',
    cell: ({ sites }) =>
      sites.length === 0 ? <span className="faint">none</span> : <Inert text={sites.join(', ')} />,
  },
  {
    key: 'last',
    head: 'Last',
    cell: ({ lastAt }) => (lastAt === null ? <span className="ongoing">now</span> : <Ago at={lastAt} />),
  },
  {
    key: 'count',
    head: 'Findings',
    numeric: true,
    cell: ({ open }) => (open === 0 ? <span className="faint">0</span> : <strong>{open}</strong>),
  },
];
