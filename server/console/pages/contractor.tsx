import '../styles/contractor.css';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { ContractorDetail, EndpointRow } from '../../../shared/api.ts';
import { instant } from '../../../shared/time.ts';
import { hoursQuery, timelineQuery } from '../data/picture-queries.ts';
import { contractorQuery } from '../data/queries.ts';
import { Attribution } from '../parts/attribution.tsx';
import { DataHeldSection } from '../parts/data-held.tsx';
import { DeclarationList } from '../parts/declaration-list.tsx';
import { EndpointsTable } from '../parts/endpoints-table.tsx';
import { ExceptionsList } from '../parts/exceptions-list.tsx';
import { FindingsTable } from '../parts/findings-table.tsx';
import { HoursMap, hoursSentence } from '../parts/hours-map.tsx';
import { PageHead, Section } from '../parts/page.tsx';
import { PlacesSection } from '../parts/places/places-section.tsx';
import { RiskSum } from '../parts/risk-sum.tsx';
import { SpanDays } from '../parts/span-list.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { fromAddress } from '../parts/timeline/range.ts';
import { TimelineSection } from '../parts/timeline/timeline-section.tsx';
import { useParams } from '../parts/use-params.ts';
import { AsOfPicker, AsOfView } from './contractor-as-of.tsx';
import { Contradiction, Meta, RiskNumber } from './contractor-head.tsx';

const BACK = { href: '/contractors', label: 'Contractors' };

export function ContractorPage({ id }: { readonly id: string }) {
  const query = useQuery(contractorQuery(id));
  const { params } = useParams();
  const at = fromAddress(params.get('at'));
  const name = query.data?.contractor.label || id;
  return (
    <div className="contractor">
      <PageHead
        title={name}
        back={BACK}
        aside={
          <>
            {query.data && at === undefined && <RiskNumber detail={query.data} />}
            <AsOfPicker />
          </>
        }
      >
        {query.data && <Meta detail={query.data} />}
      </PageHead>
      {at === undefined ? (
        <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
      ) : (
        <AsOfView id={id} at={instant(at)} endpoints={query.data?.endpoints ?? []} />
      )}
    </div>
  );
}

function Detail({ detail }: { readonly detail: ContractorDetail }) {
  const { contractor, endpoints, findings, spans, exceptions } = detail;
  const hostnames = hostnamesOf(endpoints);
  return (
    <>
      <Contradiction detail={detail} />
      <TimelineSection
        id={contractor.id}
        timezone={contractor.declaration?.timezone}
        findings={findings}
        hostnames={hostnames}
      />
      <div className="split">
        <div>
          <Section title="Findings" note={findings.length}>
            {findings.length === 0 ? (
              <p className="faint">None so far.</p>
            ) : (
              <FindingsTable findings={findings} outcomes />
            )}
          </Section>
          <HoursSection id={contractor.id} />
        </div>
        <div>
          <Section title="Risk">
            <RiskSum risk={detail.risk} />
          </Section>
          <Section title="Declaration">
            <DeclarationList declaration={contractor.declaration} />
          </Section>
          <Section title="Exceptions" note={exceptions.length}>
            <Exceptions id={contractor.id} exceptions={exceptions} />
          </Section>
        </div>
      </div>
      <PlacesSection id={contractor.id} />
      <Section title="Endpoints" note={endpoints.length}>
        {endpoints.length === 0 ? (
          <p className="faint">None enrolled.</p>
        ) : (
          <EndpointsTable endpoints={endpoints} ofOne />
        )}
      </Section>
      <Section title="Recent evidence" note={spans.length}>
        {spans.length === 0 ? (
          <Empty title="Nothing was observed yet." />
        ) : (
          <RecentEvidence spans={spans} hostnames={hostnames} />
        )}
      </Section>
      <DataHeldSection id={contractor.id} />
      <Attribution />
    </>
  );
}

const FEW_SPANS = 25;

function RecentEvidence({ spans, hostnames }: EvidenceProps) {
  const [all, setAll] = useState(false);
  const left = spans.length - FEW_SPANS;
  return (
    <>
      <SpanDays spans={all ? spans : spans.slice(0, FEW_SPANS)} hostnames={hostnames} />
      {!all && left > 0 && (
        <Button className="button more" onPress={() => setAll(true)}>
          Show {left} more
        </Button>
      )}
    </>
  );
}

interface EvidenceProps {
  readonly spans: ContractorDetail['spans'];
  readonly hostnames: ReadonlyMap<string, string>;
}

function HoursSection({ id }: { readonly id: string }) {
  const query = useQuery(hoursQuery(id, 4));
  return (
    <Section title="Hours">
      <Loaded query={query}>
        {(hours) => (
          <>
            <p className="hours-sentence">{hoursSentence(hours)}</p>
            <HoursMap hours={hours} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

/** In force or not by the collector's clock, which the timeline tells. */
function Exceptions({
  id,
  exceptions,
}: {
  readonly id: string;
  readonly exceptions: ContractorDetail['exceptions'];
}) {
  const { data } = useQuery(timelineQuery(id, { width: 1_200 }));
  return <ExceptionsList exceptions={exceptions} now={data?.now ?? instant(Date.now())} />;
}

function hostnamesOf(endpoints: readonly EndpointRow[]): ReadonlyMap<string, string> {
  return new Map(endpoints.map(({ id, hostname }) => [id, hostname]));
}
