import { useQuery } from '@tanstack/react-query';
import type { ProposalDetail } from '../../../shared/api/proposals.ts';
import type { Change } from '../../../shared/proposal.ts';
import { fleetApi } from '../data/fleet-api.ts';
import { proposalQuery } from '../data/fleet-queries.ts';
import { useLabels } from '../data/use-labels.ts';
import { useRights } from '../data/use-rights.ts';
import { FindingsTable } from '../parts/findings-table.tsx';
import { PageHead, Section } from '../parts/page.tsx';
import { PreviewList } from '../parts/preview-list.tsx';
import { ProposalCard } from '../parts/proposal-card.tsx';
import { Loaded, Skeleton } from '../parts/states.tsx';
import { changeText } from '../text/proposal-text.ts';

/** One exception or setting: who asked for it and why, what it does now, and what it would do. */
export function ExceptionPage({ id }: { readonly id: string }) {
  const query = useQuery(proposalQuery(id));
  const change = query.data?.proposal.change;
  return (
    <>
      <PageHead
        title={change ? changeText(change) : id}
        back={{ href: '/exceptions', label: 'Exceptions' }}
      />
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </>
  );
}

function Detail({ detail: { proposal, covers } }: { readonly detail: ProposalDetail }) {
  const { change, status } = proposal;
  const { may } = useRights();
  const whom = change.kind === 'exception' ? [change.permission.contractor] : [];
  const labels = useLabels([...whom, ...covers.flatMap(({ contractors }) => contractors)]);
  return (
    <>
      <div className="proposals lone-proposal">
        <ProposalCard proposal={proposal} label={whom[0] === undefined ? undefined : labels.get(whom[0])} />
      </div>
      {status === 'pending' && may('triage') && (
        <Section title="What it would do">
          <WouldDo change={change} />
        </Section>
      )}
      {change.kind === 'exception' && status !== 'pending' && status !== 'rejected' && (
        <Section title="Expected because of it now" note={proposal.covers}>
          {covers.length === 0 ? (
            <p className="faint">It covers no finding at this moment.</p>
          ) : (
            <FindingsTable findings={covers} labels={labels} outcomes={false} />
          )}
        </Section>
      )}
    </>
  );
}

function WouldDo({ change }: { readonly change: Change }) {
  const query = useQuery({
    queryKey: ['preview', change],
    queryFn: () => fleetApi.preview(change),
  });
  return (
    <Loaded query={query} skeleton={<Skeleton rows={3} />}>
      {(preview) => <PreviewList preview={preview} />}
    </Loaded>
  );
}
