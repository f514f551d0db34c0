import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { ProposalRow } from '../../../shared/api/proposals.ts';
import { allProposalsQuery, proposalsQuery } from '../data/fleet-queries.ts';
import { useLabels } from '../data/use-labels.ts';
import { useRights } from '../data/use-rights.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Inert } from '../parts/inert.tsx';
import { LoadMore } from '../parts/load-more.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { PageHead, Section } from '../parts/page.tsx';
import { ProposalCard } from '../parts/proposal-card.tsx';
import { RowLink } from '../parts/row-link.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Ago, At, Length, useNow } from '../parts/time.tsx';
import { changeText, PROPOSAL_LABELS, standingOf } from '../text/proposal-text.ts';

/** What was permitted and what is asked for: first what waits for somebody, then what holds, then what is over. */
export function ExceptionsPage() {
  const { may } = useRights();
  const query = useInfiniteQuery(allProposalsQuery);
  // However old a request is, it waits.
  const { data: waiting } = useQuery(proposalsQuery({ status: 'pending' }));
  const listed = query.data?.pages.flatMap(({ proposals }) => proposals);
  const data = listed && waiting && all([...waiting.proposals, ...listed]);
  return (
    <>
      <PageHead
        title="Exceptions"
        aside={
          may('triage') && (
            <Link href="/exceptions/new" className="button primary">
              Ask for an exception
            </Link>
          )
        }
      />
      <Loaded query={{ ...query, data }}>{(proposals) => <Lists proposals={proposals} />}</Loaded>
      <LoadMore query={query} label="Load older requests" />
    </>
  );
}

/** Each once. */
function all(proposals: readonly ProposalRow[]): readonly ProposalRow[] {
  return [...new Map(proposals.map((proposal) => [proposal.id, proposal])).values()];
}

function Lists({ proposals }: { readonly proposals: readonly ProposalRow[] }) {
  const now = useNow(60_000);
  const labels = useLabels(
    proposals.flatMap(({ change }) => (change.kind === 'exception' ? [change.permission.contractor] : [])),
  );
  const pending = proposals.filter(({ status }) => status === 'pending');
  const decided = proposals.filter(({ status }) => status !== 'pending');
  const standing = (proposal: ProposalRow) => standingOf(proposal, now);
  const holding = decided
    .filter((proposal) => standing(proposal) !== 'over')
    .toSorted((a, b) => (endOf(a) < endOf(b) ? -1 : 1));
  const over = decided.filter((proposal) => standing(proposal) === 'over');
  if (proposals.length === 0)
    return (
      <Empty title="Nobody asked for an exception yet.">
        <p>
          What is expected is written down, not clicked away: an exception permits one contractor one thing
          for a time, and another person has to approve it.
        </p>
      </Empty>
    );
  return (
    <>
      <Section title="Waiting for a decision" note={pending.length}>
        {pending.length === 0 ? (
          <p className="faint">Nothing waits.</p>
        ) : (
          <div className="proposals">
            {pending.map((proposal) => (
              <ProposalCard
                key={proposal.id}
                proposal={proposal}
                label={
                  proposal.change.kind === 'exception'
                    ? labels.get(proposal.change.permission.contractor)
                    : undefined
                }
              />
            ))}
          </div>
        )}
      </Section>
      <Section title="Approved" note={holding.length}>
        {holding.length === 0 ? (
          <p className="faint">Nothing is in force.</p>
        ) : (
          <ProposalTable label="Approved" rows={holding} labels={labels} now={now} />
        )}
      </Section>
      {over.length > 0 && (
        <Section title="Over" note={over.length}>
          <ProposalTable label="Over" rows={over} labels={labels} now={now} />
        </Section>
      )}
    </>
  );
}

/** Settings have no end, so they come last. */
function endOf({ change }: ProposalRow): string {
  return change.kind === 'exception' ? change.permission.until : '9';
}

function ProposalTable(props: {
  readonly label: string;
  readonly rows: readonly ProposalRow[];
  readonly labels: ReadonlyMap<string, string>;
  readonly now: number;
}) {
  const { label, rows, labels, now } = props;
  const columns: readonly Column<ProposalRow>[] = [
    {
      key: 'name',
      head: 'What',
      cell: ({ id, change, reason }) => (
        <>
          <RowLink href={`/exceptions/${encodeURIComponent(id)}`}>
            <Inert text={changeText(change)} />
          </RowLink>
          <Inert className="reason" text={reason} />
        </>
      ),
    },
    {
      key: 'whom',
      head: 'For',
      cell: ({ change }) =>
        change.kind === 'exception' ? (
          <ContractorLink
            id={change.permission.contractor}
            label={labels.get(change.permission.contractor) ?? null}
          />
        ) : (
          <Link href={`/rules/${encodeURIComponent(change.rule)}`} className="quiet-link">
            {change.rule}
          </Link>
        ),
    },
    { key: 'covers', head: 'Makes expected', numeric: true, cell: ({ covers }) => covers },
    { key: 'left', head: 'Time', cell: (row) => <Left proposal={row} now={now} /> },
    {
      key: 'by',
      head: 'Asked for, decided by',
      cell: ({ requestedBy, decidedBy }) => (
        <>
          <Inert text={requestedBy} />, <Inert text={decidedBy ?? ''} />
        </>
      ),
    },
  ];
  return <DataTable label={label} name="proposals" columns={columns} rows={rows} rowKey={({ id }) => id} />;
}

function Left({ proposal, now }: { readonly proposal: ProposalRow; readonly now: number }) {
  const { change, status, decidedAt, endedAt } = proposal;
  if (status === 'rejected' || status === 'ended')
    return (
      <>
        {PROPOSAL_LABELS[status].toLowerCase()} <Ago at={endedAt ?? decidedAt ?? null} />
      </>
    );
  if (change.kind === 'settings') return <span className="faint">until changed</span>;
  const { from, until } = change.permission;
  const standing = standingOf(proposal, now);
  if (standing === 'over')
    return (
      <>
        expired <Ago at={until} />
      </>
    );
  if (standing === 'to come')
    return (
      <>
        from <At at={from} />
      </>
    );
  return (
    <span className={standing === 'soon over' ? 'soon-over' : undefined}>
      {standing === 'soon over' && 'expires soon, '}
      <Length from={new Date(now).toISOString()} to={until} /> left
    </span>
  );
}
