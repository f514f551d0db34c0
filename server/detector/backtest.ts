import { CATALOG } from '../../shared/catalog/index.ts';
import type { Finding } from '../../shared/finding.ts';
import { judge, type Verdict } from '../detect/engine.ts';
import { RULES } from '../detect/rules/index.ts';
import type { RuleSettings } from '../detect/settings.ts';
import { type Story, timelinesOf } from '../detect/story.ts';

/** What a story gives, as `farhand backtest --json` prints it. */
export type Outcome = Pick<
  Finding,
  'rule' | 'scope' | 'subject' | 'contractors' | 'severity' | 'key' | 'reason' | 'from' | 'to' | 'outcome'
>;

/** Beside an outcome, what other settings make of it: `with` holds the fields that would change. */
export interface Comparison {
  readonly change: 'same' | 'changed' | 'removed' | 'added';
  readonly outcome: Outcome;
  readonly with?: Partial<Outcome>;
}

/** Judges a story by the same code that judges stored evidence, earliest findings first. */
export function backtestStory(story: Story, settings: RuleSettings): readonly Outcome[] {
  const judging = { rules: RULES, settings, exceptions: story.exceptions, catalog: CATALOG };
  return outcomesOf(timelinesOf(story).flatMap((timeline) => judge(timeline, judging).verdicts));
}

/** Verdicts as people read them, earliest first. */
export function outcomesOf(verdicts: readonly Verdict[]): readonly Outcome[] {
  return verdicts.map(outcomeOf).toSorted((a, b) => compare(sortKey(a), sortKey(b)));
}

/** What would change if `after` were in force instead of `before`. */
export function compareOutcomes(
  before: readonly Outcome[],
  after: readonly Outcome[],
): readonly Comparison[] {
  const later = new Map(after.map((outcome) => [identity(outcome), outcome]));
  const kept = before.map((outcome): Comparison => {
    const now = later.get(identity(outcome));
    later.delete(identity(outcome));
    if (!now) return { change: 'removed', outcome };
    const changes = differences(outcome, now);
    return Object.keys(changes).length === 0
      ? { change: 'same', outcome }
      : { change: 'changed', outcome, with: changes };
  });
  return [...kept, ...[...later.values()].map((outcome): Comparison => ({ change: 'added', outcome }))];
}

function outcomeOf({ rule, from, to, ...verdict }: Verdict): Outcome {
  return {
    rule: rule.id,
    scope: rule.scope,
    subject: verdict.subject,
    contractors: [...verdict.contractors],
    severity: verdict.severity,
    key: verdict.key,
    reason: verdict.reason,
    from,
    to: to ?? null,
    outcome: verdict.outcome,
  };
}

function differences(before: Outcome, after: Outcome): Partial<Outcome> {
  const was = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(after).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(was.get(field)),
    ),
  );
}

function identity({ rule, scope, subject, key }: Outcome): string {
  return [rule, scope, subject, key].join('|');
}

function sortKey(outcome: Outcome): string {
  return `${outcome.from}|${identity(outcome)}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
