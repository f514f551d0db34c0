import type { FleetRow } from '../../../shared/api/endpoints.ts';
import type { EndpointRow } from '../../../shared/api.ts';
import { placeText } from '../text/fact-text.ts';
import { STATE_MEANINGS } from '../text/fleet-text.ts';
import { plural } from '../text/labels.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Inert } from './inert.tsx';
import { PresenceMark } from './marks.tsx';
import { ContractorLink } from './names.tsx';
import { ProbeHealth } from './probe-health.tsx';
import { RowLink } from './row-link.tsx';
import { Seen } from './time.tsx';

/** A list of the fleet says more of each than what belongs to one contractor. */
type Row = EndpointRow & Partial<Pick<FleetRow, 'state' | 'gaps'>>;

/** Endpoints as dense rows; `ofOne` leaves out whose they are. */
export function EndpointsTable(props: { readonly endpoints: readonly Row[]; readonly ofOne?: boolean }) {
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

const COLUMNS: readonly Column<Row>[] = [
  {
    key: 'presence',
    head: 'Presence',
    cell: ({ online, revokedAt, state }) =>
      state === 'silent' ? (
        <span className="presence presence-silent" title={STATE_MEANINGS.silent}>
          silent
        </span>
      ) : (
        <PresenceMark online={online} revoked={revokedAt !== null} />
      ),
  },
  {
    key: 'name',
    head: 'Endpoint',
    cell: ({ id, hostname, enrolledBefore, gaps = 0 }) => (
      <>
        <RowLink href={`/endpoints/${encodeURIComponent(id)}`}>
          <Inert text={hostname || id} />
        </RowLink>
        {enrolledBefore !== null && (
          <span className="row-note" title={`Enrolled before as ${enrolledBefore}`}>
            again
          </span>
        )}
        {gaps > 0 && (
          <span className="row-note row-note-warn" title="Holes in its evidence of the last 30 days">
            {plural(gaps, 'gap')}
          </span>
        )}
      </>
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
