import { type Finding, SEVERITIES } from '../../shared/finding.ts';
import type { TriageDecision } from '../../shared/triage.ts';

interface Judgements {
  readonly before: Finding;
  readonly after: Finding;
  readonly decision: TriageDecision | undefined;
}

/** Why a resolved finding must be looked at again; undefined where nothing speaks for it. */
export function reopeningReason({ before, after, decision }: Judgements): string | undefined {
  if (after.outcome !== 'open') return undefined;
  if (before.outcome !== 'open') return 'It came back: the contradiction stands again.';
  if (rank(after) > rank(before)) return `It got worse: ${before.severity} became ${after.severity}.`;
  const joined = after.contractors.filter((id) => !before.contractors.includes(id));
  if (joined.length > 0) return `It got worse: it now concerns ${named(joined)} as well.`;
  // Who decided that it is harmless knew that it may happen again.
  const harmless = decision === 'benign' || decision === 'false-positive';
  if (!harmless && before.to !== null && after.to === null)
    return 'It came back: it had ended and goes on again.';
  return undefined;
}

function rank({ severity }: Finding): number {
  return SEVERITIES.indexOf(severity);
}

const MOST_NAMED = 5;

function named(ids: readonly string[]): string {
  const more = ids.length - MOST_NAMED;
  return `${ids.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
