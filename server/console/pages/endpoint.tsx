import { useQuery } from '@tanstack/react-query';
import type { EndpointDetail, SpanView } from '../../../shared/api.ts';
import { FACT_KIND_LABELS } from '../../../shared/fact-kinds.ts';
import { fleetApi } from '../data/fleet-api.ts';
import { endpointQuery, gapsQuery, silencesQuery } from '../data/queries.ts';
import { useRights } from '../data/use-rights.ts';
import { Attribution } from '../parts/attribution.tsx';
import { Inert } from '../parts/inert.tsx';
import { GapTable, SilenceTable } from '../parts/ledger.tsx';
import { PresenceMark } from '../parts/marks.tsx';
import { ContractorLink, EndpointLink } from '../parts/names.tsx';
import { Facts, PageHead, Section } from '../parts/page.tsx';
import { ProbeWords } from '../parts/probe-words.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { SpanDays, SpanList } from '../parts/span-list.tsx';
import { Loaded } from '../parts/states.tsx';
import { Term } from '../parts/term.tsx';
import { At, Seen } from '../parts/time.tsx';
import { plural } from '../text/labels.ts';

const BACK = { href: '/endpoints', label: 'Endpoints' };

export function EndpointPage({ id }: { readonly id: string }) {
  const query = useQuery(endpointQuery(id));
  const endpoint = query.data?.endpoint;
  return (
    <>
      <PageHead
        title={endpoint?.hostname || id}
        back={BACK}
        aside={endpoint && <PresenceMark online={endpoint.online} revoked={endpoint.revokedAt !== null} />}
      />
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </>
  );
}

function Detail({ detail }: { readonly detail: EndpointDetail }) {
  return (
    <>
      <div className="split">
        <div>
          <Section
            title={detail.endpoint.online ? 'True now' : 'True when last seen'}
            note={detail.now.length}
          >
            <Now spans={detail.now} />
          </Section>
          <Ledger id={detail.endpoint.id} />
          <Section title="Past" note={detail.past.length}>
            {detail.past.length === 0 ? (
              <p className="faint">Nothing ended yet.</p>
            ) : (
              <SpanDays spans={detail.past} />
            )}
          </Section>
        </div>
        <div>
          <About detail={detail} />
          <Section title="Probes">
            <ProbeWords agent={detail.endpoint.agent} />
          </Section>
          <Evidence detail={detail} />
          <Revocation detail={detail} />
        </div>
      </div>
      <Attribution />
    </>
  );
}

function Now({ spans }: { readonly spans: readonly SpanView[] }) {
  const groups = FACT_KIND_LABELS.map(([kind, label]) => ({
    kind,
    label,
    ofKind: spans.filter((span) => span.kind === kind),
  }));
  if (spans.length === 0) return <p className="faint">Nothing is known to be true of it at this moment.</p>;
  return groups
    .filter(({ ofKind }) => ofKind.length > 0)
    .map(({ kind, label, ofKind }) => (
      <div key={label} className="kind">
        <h3>
          <Term of={`kind:${kind}`}>{label}</Term>
        </h3>
        <SpanList spans={ofKind} />
      </div>
    ));
}

function About({ detail: { endpoint, token } }: { readonly detail: EndpointDetail }) {
  return (
    <Section title="About">
      <Facts
        rows={[
          ['Contractor', <ContractorLink key="" id={endpoint.contractor} label={endpoint.contractorLabel} />],
          ['Endpoint id', <Inert key="" text={endpoint.id} />],
          ['Last seen', <Seen key="" at={endpoint.lastSeenAt} online={endpoint.online} />],
          ['Enrolled', <At key="" at={endpoint.enrolledAt} />],
          ...(endpoint.revokedAt === null
            ? []
            : ([
                ['Revoked', <At key="" at={endpoint.revokedAt} />],
                ['Reason', <Inert key="" text={endpoint.revokedReason ?? ''} />],
              ] as const)),
          ...(endpoint.enrolledBefore === null
            ? []
            : [['Enrolled before as', <EndpointLink key="" id={endpoint.enrolledBefore} />] as const]),
          ['Agent', <Inert key="" text={endpoint.agentVersion} />],
          ['Came by', <code key="">{token ?? 'not noted'}</code>],
        ]}
      />
    </Section>
  );
}

function Evidence({ detail: { evidence, chains } }: { readonly detail: EndpointDetail }) {
  const [now] = chains.filter(({ closedAt }) => closedAt === null);
  return (
    <Section title="Evidence chain" note={evidence.contradicted === 0 ? 'unbroken' : 'contradicted'}>
      <Facts
        rows={[
          [
            'Sealed',
            `${plural(evidence.observations, 'observation')} in ${plural(evidence.batches, 'batch', 'batches')}`,
          ],
          [
            'Spool now',
            now ? (
              <span key="">
                <code title={now.epoch}>{now.epoch.slice(0, 8)}</code> committed through #
                {now.through.toLocaleString('en-US')}
              </span>
            ) : (
              'none'
            ),
          ],
          ['Spools so far', chains.length],
          ['Came again', plural(evidence.repeated, 'batch', 'batches')],
          ['Contradicted', plural(evidence.contradicted, 'batch', 'batches')],
        ]}
      />
    </Section>
  );
}

function Revocation({ detail: { endpoint } }: { readonly detail: EndpointDetail }) {
  const { may } = useRights();
  if (endpoint.revokedAt !== null || !may('administer')) return null;
  return (
    <Section title="Revocation">
      <ReasonDialog
        label="Revoke this endpoint"
        title="Revoke this endpoint?"
        confirm="Revoke for good"
        danger
        act={(reason) => fleetApi.revoke(endpoint.id, reason)}
      >
        <ul className="prose">
          <li>It is cut off within seconds, and its key is refused from then on.</li>
          <li>Its evidence and its findings stay. What it still holds is not taken any more.</li>
          <li>
            This cannot be undone; the machine can enroll anew with another token, and is shown as enrolled
            before.
          </li>
        </ul>
      </ReasonDialog>
    </Section>
  );
}

function Ledger({ id }: { readonly id: string }) {
  const gaps = useQuery(gapsQuery(id));
  const silences = useQuery(silencesQuery(id));
  const more = gaps.data?.next ? ', and older ones' : '';
  return (
    <>
      <Section title="Gap ledger" note={gaps.data && `${gaps.data.gaps.length}${more}`}>
        <Loaded query={gaps}>{(page) => <GapTable gaps={page.gaps} />}</Loaded>
      </Section>
      <Section title="Silences" note="of the last 30 days">
        <Loaded query={silences}>{(told) => <SilenceTable silences={told.silences} />}</Loaded>
      </Section>
    </>
  );
}
