import { Link } from 'wouter';
import type { ProposalRow } from '../../../shared/api/proposals.ts';
import type { Decision } from '../../../shared/proposal.ts';
import { fleetApi } from '../data/fleet-api.ts';
import { useRights } from '../data/use-rights.ts';
import { plural } from '../text/labels.ts';
import { changeText, PROPOSAL_LABELS, periodText, standingOf } from '../text/proposal-text.ts';
import { Inert } from './inert.tsx';
import { ContractorLink } from './names.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { Ago, useNow } from './time.tsx';

/** What was asked for, by whom and why, and what whoever looks at it may answer. */
export function ProposalCard(props: { readonly proposal: ProposalRow; readonly label?: string | undefined }) {
  const { proposal, label } = props;
  const { id, change, reason, status, requestedBy, requestedAt, covers } = proposal;
  const period = periodText(change);
  return (
    <article className={`proposal proposal-${status}`} aria-label={`${PROPOSAL_LABELS[status]}: ${id}`}>
      <header>
        <span className={`outcome proposal-mark-${status}`}>{PROPOSAL_LABELS[status]}</span>
        <Link href={`/exceptions/${encodeURIComponent(id)}`} className="quiet-link">
          {change.kind === 'exception' ? 'Exception' : 'Settings'}
        </Link>
        {change.kind === 'exception' ? (
          <ContractorLink id={change.permission.contractor} label={label ?? null} />
        ) : (
          <Link href={`/rules/${encodeURIComponent(change.rule)}`} className="quiet-link">
            {change.rule}
          </Link>
        )}
      </header>
      <p className="proposal-what">
        <Inert text={changeText(change)} />
      </p>
      {period && <p className="faint">{period}</p>}
      <blockquote>
        <Inert text={reason} />
      </blockquote>
      <p className="faint">
        Asked for by <Inert text={requestedBy} /> <Ago at={requestedAt} />
        {covers > 0 && <>, makes {plural(covers, 'finding')} expected now</>}
      </p>
      <Past proposal={proposal} />
      <Answers proposal={proposal} />
    </article>
  );
}

function Past({ proposal }: { readonly proposal: ProposalRow }) {
  const { status, decidedBy, decidedAt, decision, endedBy, endedAt } = proposal;
  if (decidedBy === undefined || decidedAt === undefined) return null;
  return (
    <p className="faint">
      {status === 'rejected' ? 'Rejected' : 'Approved'} by <Inert text={decidedBy} /> <Ago at={decidedAt} />
      {decision !== undefined && (
        <>
          : <Inert text={decision} />
        </>
      )}
      {endedBy !== undefined && endedAt !== undefined && (
        <>
          . Ended by <Inert text={endedBy} /> <Ago at={endedAt} />
        </>
      )}
    </p>
  );
}

function Answers({ proposal }: { readonly proposal: ProposalRow }) {
  const { id, status, requestedBy, change } = proposal;
  const { account, may } = useRights();
  const now = useNow();
  if (!may('triage') || (status !== 'pending' && status !== 'approved')) return null;
  if (status === 'approved' && standingOf(proposal, now) === 'over') return null;
  const decide = (what: Decision['decide']) => (reason: string) =>
    fleetApi.decide(id, { decide: what, reason });
  if (status === 'approved')
    return (
      <div className="form-row">
        <ReasonDialog label="End early" title="End this now?" confirm="End it" danger act={decide('end')}>
          <p>
            {change.kind === 'exception'
              ? 'Findings that it made expected from now on are open again; what it covered until now stays expected.'
              : 'The settings that were in force before it are in force again, and the past is judged anew.'}
          </p>
        </ReasonDialog>
      </div>
    );
  const own = account === requestedBy;
  return (
    <>
      {own && (
        <p className="notice" role="note">
          You asked for this, so another person has to approve it: what can hide a finding needs two pairs of
          eyes.
        </p>
      )}
      <div className="form-row">
        {!own && (
          <ReasonDialog label="Approve" title="Approve this?" confirm="Approve" act={decide('approve')}>
            <p>
              {change.kind === 'exception'
                ? 'Findings that it covers become expected, with its name. They are kept, and come back when it ends.'
                : 'All evidence is judged anew with these settings. Findings may go, come or change.'}
            </p>
          </ReasonDialog>
        )}
        <ReasonDialog
          label={own ? 'Withdraw' : 'Reject'}
          title={own ? 'Withdraw your request?' : 'Reject this?'}
          confirm={own ? 'Withdraw' : 'Reject'}
          act={decide('reject')}
        >
          <p>Nothing changes. It can be asked for again.</p>
        </ReasonDialog>
      </div>
    </>
  );
}
