import { createHash } from 'node:crypto';
import type { Finding, Scope } from '../../shared/finding.ts';
import { type Judgement, UNDETERMINED_KEY, type Verdict } from '../detect/engine.ts';
import { earlier } from '../detect/periods.ts';
import type { Timeline } from '../detect/timeline.ts';

export interface Judged {
  readonly timeline: Timeline;
  readonly judgement: Judgement;
  /** Ids of the rules that were asked; findings of others stay as they are. */
  readonly rules: ReadonlySet<string>;
}

/** The findings that a judgement adds or changes, compared with those stored; what stays the same is left out. */
export function reconcile(stored: readonly Finding[], judged: Judged): readonly Finding[] {
  const known = new Map(stored.map((finding) => [finding.id, finding]));
  const { timeline, judgement } = judged;
  const found = judgement.verdicts.map((verdict) => {
    const id = findingId({
      rule: verdict.rule.id,
      scope: timeline.scope,
      subject: timeline.subject,
      key: verdict.key,
    });
    return findingOf(verdict, { id, timeline, before: known.get(id) });
  });
  const seen = new Set(found.map(({ id }) => id));
  const gone = stored.flatMap((finding) => (seen.has(finding.id) ? [] : (retracted(finding, judged) ?? [])));
  return [...found, ...gone].filter((finding) => changed(finding, known.get(finding.id)));
}

/** Equal for one contradiction, however often and in whatever order its evidence arrives. */
function findingId({ rule, scope, subject, key }: Identity): string {
  const text = [rule, scope, subject, key].join('|');
  return `fd_${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
}

interface Identity {
  readonly rule: string;
  readonly scope: Scope;
  readonly subject: string;
  readonly key: string;
}

interface Known {
  readonly id: string;
  readonly timeline: Timeline;
  readonly before: Finding | undefined;
}

function findingOf(verdict: Verdict, { id, timeline, before }: Known): Finding {
  const { rule, outcomeReason, restsFrom } = verdict;
  // Evidence that aged out of the window does not move a finding's beginning.
  const aged = before && before.outcome !== 'retracted' && before.from < timeline.since;
  return {
    id,
    rule: rule.id,
    title: rule.title,
    family: rule.family,
    scope: timeline.scope,
    subject: timeline.subject,
    contractors: [...verdict.contractors],
    severity: verdict.severity,
    key: verdict.key,
    reason: verdict.reason,
    arithmetic: [...verdict.arithmetic],
    spans: [...verdict.spans],
    from: aged ? earlier(before.from, verdict.from) : verdict.from,
    to: verdict.to ?? null,
    ...(restsFrom !== undefined && { restsFrom }),
    outcome: verdict.outcome,
    ...(outcomeReason !== undefined && { outcomeReason }),
    foundAt: before?.foundAt ?? timeline.now,
    updatedAt: timeline.now,
  };
}

/** Undefined where nothing can be said of a finding any more, because its rule could not judge or its evidence aged out. */
function retracted(finding: Finding, { timeline, judgement, rules }: Judged): Finding | undefined {
  if (finding.outcome === 'retracted' || !rules.has(finding.rule)) return undefined;
  const undetermined = judgement.verdicts.some(
    ({ rule, outcome }) => rule.id === finding.rule && outcome === 'undetermined',
  );
  const { from, to, restsFrom } = finding;
  const partlyGone =
    restsFrom === undefined ? from < timeline.since && to !== null : restsFrom < timeline.since;
  if (undetermined || partlyGone) return undefined;
  const outcomeReason =
    finding.key === UNDETERMINED_KEY
      ? 'The rule could be judged again.'
      : 'Later evidence or a changed declaration took the contradiction away.';
  return { ...finding, outcome: 'retracted', outcomeReason, updatedAt: timeline.now };
}

function changed(finding: Finding, before: Finding | undefined): boolean {
  if (!before) return true;
  const { updatedAt, outcomeReason, ...rest } = finding;
  const { updatedAt: _, outcomeReason: reasonBefore, ...restBefore } = before;
  return outcomeReason !== reasonBefore || JSON.stringify(rest) !== JSON.stringify(restBefore);
}
