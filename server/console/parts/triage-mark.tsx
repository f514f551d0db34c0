import type { Triage } from '../../../shared/triage.ts';
import { DECISION_LABELS, DECISION_MEANINGS, STATUS_LABELS, STATUS_MEANINGS } from '../text/triage-text.ts';
import { Inert } from './inert.tsx';

/** Where the work stands; what was decided where it is resolved. */
export function TriageMark({ triage: { status, decision } }: { readonly triage: Triage }) {
  return (
    <span
      className={`outcome triage-${status}`}
      title={decision === undefined ? STATUS_MEANINGS[status] : DECISION_MEANINGS[decision]}
    >
      {decision === undefined ? STATUS_LABELS[status] : DECISION_LABELS[decision]}
    </span>
  );
}

export function Assignee({ triage: { assignee } }: { readonly triage: Triage }) {
  if (assignee === null) return <span className="faint">nobody</span>;
  return <Inert text={assignee} />;
}
