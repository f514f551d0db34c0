import type { Proposal } from '../../../shared/proposal.ts';
import { type Permitted, permissionText } from '../text/permission-text.ts';
import { Inert } from './inert.tsx';
import { At } from './time.tsx';

type Stage = 'current' | 'pending' | 'later' | 'over' | 'rejected';

const STAGES: readonly (readonly [Stage, string])[] = [
  ['current', 'In force'],
  ['pending', 'Waiting for another person'],
  ['later', 'Approved, not yet in force'],
  ['over', 'Over'],
  ['rejected', 'Rejected'],
];

/** What was asked to be permitted, by whom, and what became of it. */
export function ExceptionsList({
  exceptions,
  now,
}: {
  readonly exceptions: readonly Proposal[];
  readonly now: string;
}) {
  const permitted = exceptions.flatMap((proposal): readonly (readonly [Proposal, Permitted])[] =>
    proposal.change.kind === 'exception' ? [[proposal, proposal.change.permission]] : [],
  );
  if (permitted.length === 0) return <p className="faint">None was ever asked for.</p>;
  const stages = Map.groupBy(permitted, ([proposal, permission]) => stageOf(proposal, permission, now));
  return STAGES.map(([stage, label]) => {
    const own = stages.get(stage) ?? [];
    if (own.length === 0) return null;
    return (
      <div key={stage} className={`exceptions exceptions-${stage}`}>
        <h3>{label}</h3>
        <ul>
          {own.map(([proposal, permission]) => (
            <li key={proposal.id}>
              <strong>
                <Inert text={permissionText(permission)} />
              </strong>
              <span>
                <At at={permission.from} /> → <At at={proposal.endedAt ?? permission.until} />
              </span>
              <Inert text={proposal.reason} />
              <People proposal={proposal} />
            </li>
          ))}
        </ul>
      </div>
    );
  });
}

function stageOf({ status }: Proposal, { from, until }: Permitted, now: string): Stage {
  if (status === 'pending') return until < now ? 'over' : 'pending';
  if (status === 'rejected') return 'rejected';
  if (status === 'ended' || until <= now) return 'over';
  return from > now ? 'later' : 'current';
}

function People({ proposal }: { readonly proposal: Proposal }) {
  const { requestedBy, decidedBy, endedBy, status } = proposal;
  return (
    <span className="faint">
      asked by <Inert text={requestedBy} />
      {decidedBy !== undefined && (
        <>
          , {status === 'rejected' ? 'rejected' : 'approved'} by <Inert text={decidedBy} />
        </>
      )}
      {endedBy !== undefined && (
        <>
          , ended by <Inert text={endedBy} />
        </>
      )}
    </span>
  );
}
