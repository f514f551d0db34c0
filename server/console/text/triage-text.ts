import type { Step, Triage, TriageDecision, TriageStatus } from '../../../shared/triage.ts';

export const STATUS_LABELS: Readonly<Record<TriageStatus, string>> = {
  new: 'New',
  investigating: 'Investigating',
  resolved: 'Resolved',
};

export const STATUS_MEANINGS: Readonly<Record<TriageStatus, string>> = {
  new: 'Nobody has taken it up.',
  investigating: 'Somebody works on it.',
  resolved: 'It was decided.',
};

export const DECISION_LABELS: Readonly<Record<TriageDecision, string>> = {
  confirmed: 'Confirmed',
  benign: 'Benign',
  'false-positive': 'False positive',
  inconclusive: 'Inconclusive',
};

export const DECISION_MEANINGS: Readonly<Record<TriageDecision, string>> = {
  confirmed: 'The contradiction is real.',
  benign: 'It is real, and explained.',
  'false-positive': 'What the rule saw is not there.',
  inconclusive: 'Nobody could tell.',
};

/** `resolved as benign`, `took it on`: what a step did, without its note; empty where it only noted. */
export function stepText({ by, assignee, status, decision, case: of }: Step): string {
  const parts: string[] = [];
  if (decision !== undefined)
    parts.push(
      `resolved it as ${DECISION_LABELS[decision].toLowerCase()}${of === undefined ? '' : ` with case ${of}`}`,
    );
  else if (status !== undefined) parts.push(STATUS_STEPS[status]);
  if (assignee !== undefined) parts.push(assigneeStep(assignee, by));
  return parts.join(' and ');
}

/** The entry of the glossary about where the work stands. */
export function triageTerm({ status, decision }: Triage): string {
  return decision === undefined ? `status:${status}` : `decision:${decision}`;
}

/** Who works on it and what was decided, in one line. */
export function triageText({ status, assignee, decision }: Triage): string {
  const what =
    decision === undefined
      ? STATUS_LABELS[status].toLowerCase()
      : `resolved as ${DECISION_LABELS[decision].toLowerCase()}`;
  return assignee === null ? `${what}, assigned to nobody` : `${what}, assigned to ${assignee}`;
}

const STATUS_STEPS: Readonly<Record<TriageStatus, string>> = {
  new: 'set it back to new',
  investigating: 'began to investigate',
  resolved: 'resolved it',
};

function assigneeStep(assignee: string | null, by: string): string {
  if (assignee === null) return 'assigned it to nobody';
  return assignee === by ? 'took it on' : `assigned it to ${assignee}`;
}
