import { useQuery } from '@tanstack/react-query';
import type { ContractorDetail, EndpointRow } from '../../../shared/api.ts';
import { contractorQuery } from '../data/queries.ts';
import { Attribution } from '../parts/attribution.tsx';
import { DeclarationList } from '../parts/declaration-list.tsx';
import { EndpointsTable } from '../parts/endpoints-table.tsx';
import { FindingsTable } from '../parts/findings-table.tsx';
import { Inert } from '../parts/inert.tsx';
import { PageHead, Section } from '../parts/page.tsx';
import { RiskSum } from '../parts/risk-sum.tsx';
import { SpanDays } from '../parts/span-list.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Seen } from '../parts/time.tsx';
import { plural } from '../text/labels.ts';

const BACK = { href: '/contractors', label: 'Contractors' };

export function ContractorPage({ id }: { readonly id: string }) {
  const query = useQuery(contractorQuery(id));
  const name = query.data?.contractor.label || id;
  return (
    <>
      <PageHead title={name} back={BACK}>
        {query.data && <Meta detail={query.data} />}
      </PageHead>
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </>
  );
}

function Meta({ detail: { contractor } }: { readonly detail: ContractorDetail }) {
  const { id, label, online, endpoints, lastSeenAt } = contractor;
  return (
    <p className="meta">
      {label && <Inert text={id} />}
      <span>
        {online} of {plural(endpoints, 'endpoint')} online
      </span>
      <span>
        last seen <Seen at={lastSeenAt} online={online > 0} />
      </span>
    </p>
  );
}

function Detail({ detail }: { readonly detail: ContractorDetail }) {
  const { contractor, endpoints, findings, spans } = detail;
  return (
    <>
      <div className="split">
        <div>
          <Section title="Findings" note={findings.length}>
            {findings.length === 0 ? (
              <p className="faint">None so far.</p>
            ) : (
              <FindingsTable findings={findings} outcomes />
            )}
          </Section>
          <Section title="Endpoints" note={endpoints.length}>
            {endpoints.length === 0 ? (
              <p className="faint">None enrolled.</p>
            ) : (
              <EndpointsTable endpoints={endpoints} ofOne />
            )}
          </Section>
        </div>
        <div>
          <Section title="Declaration">
            <DeclarationList declaration={contractor.declaration} />
          </Section>
          <Section title="Risk">
            <RiskSum risk={detail.risk} />
          </Section>
        </div>
      </div>
      <Section title="Recent evidence" note={spans.length}>
        {spans.length === 0 ? (
          <Empty title="Nothing was observed yet." />
        ) : (
          <SpanDays spans={spans} hostnames={hostnamesOf(endpoints)} />
        )}
      </Section>
      <Attribution />
    </>
  );
}

function hostnamesOf(endpoints: readonly EndpointRow[]): ReadonlyMap<string, string> {
  return new Map(endpoints.map(({ id, hostname }) => [id, hostname]));
}
