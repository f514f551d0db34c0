import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo } from 'react';
import { Button } from 'react-aria-components/Button';
import { ENDPOINT_ORDERS, ENDPOINT_STATES, type EndpointsQuery } from '../../../shared/api/endpoints.ts';
import { PROBE_HEALTHS } from '../../../shared/facts.ts';
import { endpointsQuery, fleetQuery } from '../data/fleet-queries.ts';
import { useRights } from '../data/use-rights.ts';
import { Attribution } from '../parts/attribution.tsx';
import { EndpointsTable } from '../parts/endpoints-table.tsx';
import { FilterSelect } from '../parts/filter-select.tsx';
import { FleetHealth } from '../parts/fleet-health.tsx';
import { LoadMore } from '../parts/load-more.tsx';
import { PageHead } from '../parts/page.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { Empty, Loaded, Skeleton } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { useParams } from '../parts/use-params.ts';
import { ORDER_LABELS, STATE_LABELS } from '../text/fleet-text.ts';

export const ENDPOINT_TABS = [
  { href: '/endpoints', label: 'Endpoints' },
  { href: '/endpoints/tokens', label: 'Tokens' },
];
const ALL = 'all';

/** The fleet: how it fares as a whole, and every endpoint of it. */
export function EndpointsPage() {
  const { params, change, clear } = useParams();
  const { may } = useRights();
  const text = params.get('q') ?? '';
  const q = useDeferredValue(text.trim());
  const said = filterOf(params);
  const filter: EndpointsQuery = { ...said, ...(q !== '' && { q }) };
  const fleet = useQuery(fleetQuery);
  const endpoints = useInfiniteQuery(endpointsQuery(filter));
  const rows = useMemo(() => endpoints.data?.pages.flatMap((page) => page.endpoints), [endpoints.data]);
  const { sort: _, ...narrowed } = filter;
  const filtered = Object.keys(narrowed).length > 0;
  return (
    <>
      <PageHead
        title="Endpoints"
        aside={may('administer') && <Tabs label="Endpoints" tabs={ENDPOINT_TABS} />}
      />
      <Loaded query={fleet} skeleton={<Skeleton rows={5} />}>
        {(numbers) => <FleetHealth fleet={numbers} filter={said} change={change} />}
      </Loaded>
      <search className="filters">
        <SearchBox label="Find an endpoint" value={text} onChange={(value) => change('q', value)} />
        <FilterSelect
          label="State"
          value={said.state ?? ALL}
          options={[
            { id: ALL, label: 'All' },
            ...ENDPOINT_STATES.map((id) => ({ id, label: STATE_LABELS[id] })),
          ]}
          onChange={(id) => change('state', id === ALL ? null : id)}
        />
        <FilterSelect
          label="Order"
          value={said.sort ?? 'name'}
          options={ENDPOINT_ORDERS.map((id) => ({ id, label: ORDER_LABELS[id] }))}
          onChange={(id) => change('sort', id === 'name' ? null : id)}
        />
        {said.version !== undefined && (
          <Chip text={`agent ${said.version}`} onRemove={() => change('version', null)} />
        )}
        {said.probe !== undefined && (
          <Chip text={`probe ${said.probe} ${said.health ?? 'ok'}`} onRemove={() => change('probe', null)} />
        )}
        {filtered && (
          <Button className="button plain" onPress={clear}>
            Reset
          </Button>
        )}
      </search>
      <Loaded query={{ ...endpoints, data: rows }}>
        {(loaded) =>
          loaded.length === 0 ? (
            <Nothing filtered={filtered} administers={may('administer')} />
          ) : (
            <EndpointsTable endpoints={loaded} />
          )
        }
      </Loaded>
      <LoadMore query={endpoints} label="Load more endpoints" />
      <Attribution />
    </>
  );
}

/** The filter that the URL says. What it says wrongly counts as not said. */
function filterOf(params: URLSearchParams): EndpointsQuery {
  const state = ENDPOINT_STATES.find((known) => known === params.get('state'));
  const sort = ENDPOINT_ORDERS.find((known) => known === params.get('sort'));
  const [probe = '', asked] = (params.get('probe') ?? '').split(':');
  const health = PROBE_HEALTHS.find((known) => known === asked);
  const version = params.get('version');
  return {
    ...(state && { state }),
    ...(sort && { sort }),
    ...(version && { version }),
    ...(/^[a-z0-9-]{1,64}$/.test(probe) && health && { probe, health }),
  };
}

function Chip({ text, onRemove }: { readonly text: string; readonly onRemove: () => void }) {
  return (
    <Button className="button chip" onPress={onRemove} aria-label={`Take away the filter ${text}`}>
      {text} <span aria-hidden="true">×</span>
    </Button>
  );
}

function Nothing({ filtered, administers }: { readonly filtered: boolean; readonly administers: boolean }) {
  if (filtered) return <Empty title="No endpoint fits these filters." />;
  return (
    <Empty title="No endpoints yet.">
      <p>
        {administers
          ? 'Make a token under Tokens and give it to the agent.'
          : 'Ask an administrator for a token, and give it to the agent.'}
      </p>
    </Empty>
  );
}
