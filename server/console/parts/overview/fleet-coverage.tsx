import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Overview } from '../../../../shared/api/overview.ts';
import { Inert } from '../inert.tsx';
import { Facts } from '../page.tsx';

/** How much of the fleet is seen, and by which agents. */
export function FleetCoverage({ fleet }: { readonly fleet: Overview['fleet'] }) {
  const { endpoints, online, silent, seeing, impaired, agents } = fleet;
  if (endpoints === 0) return <p className="faint">No endpoint is enrolled yet.</p>;
  const oldest = agents[0];
  return (
    <Facts
      rows={[
        ['Online', <Share key="online" part={online} of={endpoints} href="/endpoints?state=online" />],
        ['Silent', <Share key="silent" part={silent} of={endpoints} href="/endpoints?state=silent" />],
        ['Probes', <Probes key="probes" seeing={seeing} impaired={impaired} />],
        [
          agents.length > 1 ? 'Oldest agent' : 'Agent',
          oldest && <Agents key="agents" oldest={oldest} of={endpoints} />,
        ],
      ]}
    />
  );
}

function Probes({ seeing, impaired }: { readonly seeing: number; readonly impaired: number }) {
  if (seeing + impaired === 0) return <span className="faint">none reports now</span>;
  return (
    <>
      <Share part={seeing} of={seeing + impaired} /> see all they should
      {impaired > 0 && (
        <span className="faint">, {impaired.toLocaleString('en-US')} lack a right or fail</span>
      )}
    </>
  );
}

function Agents(props: { readonly oldest: Overview['fleet']['agents'][number]; readonly of: number }) {
  const { oldest, of } = props;
  return (
    <>
      <Inert text={oldest.version} />{' '}
      <span className="faint">
        on {oldest.endpoints.toLocaleString('en-US')} of {of.toLocaleString('en-US')}
      </span>
    </>
  );
}

function Share(props: { readonly part: number; readonly of: number; readonly href?: string }): ReactNode {
  const { part, of, href } = props;
  const text = `${part.toLocaleString('en-US')} of ${of.toLocaleString('en-US')}`;
  return (
    <>
      {href === undefined ? text : <Link href={href}>{text}</Link>}{' '}
      <span className="faint">{Math.round((part / of) * 100)} %</span>
    </>
  );
}
