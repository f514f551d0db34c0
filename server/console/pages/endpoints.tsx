import { useQuery } from '@tanstack/react-query';
import type { EndpointRow } from '../../../shared/api.ts';
import { endpointsQuery } from '../data/queries.ts';
import { Attribution } from '../parts/attribution.tsx';
import { EndpointsTable } from '../parts/endpoints-table.tsx';
import { FilterSelect } from '../parts/filter-select.tsx';
import { PageHead } from '../parts/page.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { useParams } from '../parts/use-params.ts';

const PRESENCES = [
  { id: 'all', label: 'All' },
  { id: 'online', label: 'Online' },
  { id: 'offline', label: 'Offline' },
  { id: 'revoked', label: 'Revoked' },
];

export function EndpointsPage() {
  const { params, change } = useParams();
  const text = params.get('q') ?? '';
  const asked = params.get('presence');
  const presence = PRESENCES.find(({ id }) => id === asked)?.id ?? 'all';
  const query = useQuery(endpointsQuery);
  return (
    <>
      <PageHead title="Endpoints">
        <search className="filters">
          <SearchBox label="Find an endpoint" value={text} onChange={(value) => change('q', value)} />
          <FilterSelect
            label="Presence"
            value={presence}
            options={PRESENCES}
            onChange={(id) => change('presence', id === 'all' ? null : id)}
          />
        </search>
      </PageHead>
      <Loaded query={query}>
        {({ endpoints }) => (
          <Rows all={endpoints} fits={(row) => hasPresence(row, presence) && hasText(row, text)} />
        )}
      </Loaded>
      <Attribution />
    </>
  );
}

function Rows(props: { readonly all: readonly EndpointRow[]; readonly fits: (row: EndpointRow) => boolean }) {
  const rows = props.all.filter(props.fits);
  if (props.all.length === 0)
    return (
      <Empty title="No endpoints yet.">
        <p>
          Create a token with <code>farhand token create</code> and paste it into the agent.
        </p>
      </Empty>
    );
  if (rows.length === 0) return <Empty title="No endpoint fits these filters." />;
  return <EndpointsTable endpoints={rows} />;
}

function hasPresence({ online, revokedAt }: EndpointRow, presence: string): boolean {
  if (presence === 'all') return true;
  const is = revokedAt !== null ? 'revoked' : online ? 'online' : 'offline';
  return is === presence;
}

function hasText(row: EndpointRow, text: string): boolean {
  const { id, hostname, contractor, contractorLabel, platform, egress } = row;
  const said = [
    id,
    hostname,
    contractor,
    contractorLabel,
    platform?.name,
    egress?.ip,
    egress?.city,
    egress?.country,
  ];
  return said.join(' ').toLowerCase().includes(text.trim().toLowerCase());
}
