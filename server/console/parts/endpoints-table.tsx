import type { EndpointRow } from '../../../shared/api.ts';
import { placeText } from '../text/fact-text.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Inert } from './inert.tsx';
import { PresenceMark } from './marks.tsx';
import { ContractorLink } from './names.tsx';
import { ProbeHealth } from './probe-health.tsx';
import { RowLink } from './row-link.tsx';
import { Seen } from './time.tsx';

/** Endpoints as dense rows; `ofOne` leaves out whose they are. */
export function EndpointsTable(props: {
  readonly endpoints: readonly EndpointRow[];
  readonly ofOne?: boolean;
}) {
  const columns = props.ofOne
    ? COLUMNS.filter(({ key }) => key !== 'contractor' && key !== 'agent')
    : COLUMNS;
  return (
    <DataTable
      label="Endpoints"
      name="endpoints"
      columns={columns}
      rows={props.endpoints}
      rowKey={({ id }) => id}
    />
  );
}

const COLUMNS: readonly Column<EndpointRow>[] = [
  {
    key: 'presence',
    head: 'Presence',
    cell: ({ online, revokedAt }) => <PresenceMark online={online} revoked={revokedAt !== null} />,
  },
  {
    key: 'name',
    head: 'Endpoint',
    cell: ({ id, hostname }) => (
      <RowLink href={`/endpoints/${encodeURIComponent(id)}`}>
        <Inert text={hostname || id} />
      </RowLink>
    ),
  },
  {
    key: 'contractor',
    head: 'Contractor',
    cell: ({ contractor, contractorLabel }) => <ContractorLink id={contractor} label={contractorLabel} />,
  },
  {
    key: 'os',
    head: 'System',
    cell: ({ platform }) =>
      platform ? <Inert text={systemText(platform)} /> : <span className="missing">unknown</span>,
  },
  {
    key: 'egress',
    head: 'Egress',
    cell: ({ egress }) =>
      egress ? (
        <span title={egress.ip}>{placeText(egress) ?? egress.ip}</span>
      ) : (
        <span className="missing">none seen</span>
      ),
  },
  { key: 'probes', head: 'Probes', cell: ({ agent }) => <ProbeHealth agent={agent} /> },
  { key: 'agent', head: 'Agent', cell: ({ agentVersion }) => <Inert text={agentVersion} /> },
  {
    key: 'seen',
    head: 'Last seen',
    cell: ({ lastSeenAt, online }) => <Seen at={lastSeenAt} online={online} />,
  },
];

function systemText({ name, version }: NonNullable<EndpointRow['platform']>): string {
  return `${name} ${version}`.trim();
}
