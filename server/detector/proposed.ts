import type { Catalog } from '../../shared/catalog/schema.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Change, Proposal } from '../../shared/proposal.ts';
import { instant } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Rule } from '../detect/rule.ts';
import { parseSettings, type RuleSettings } from '../detect/settings.ts';
import type { Log } from '../log.ts';
import { exceptionOf } from '../store/proposals.ts';
import type { Db } from '../store/store.ts';
import { knowsContractor, subjectsInTime, subjectsOf } from '../store/timelines.ts';
import type { Comparison } from './backtest.ts';
import { LOOK_BACK } from './load-timeline.ts';
import { type RulingsInForce, rulingsOf } from './rulings.ts';
import { previewStored } from './stored-backtest.ts';

export interface ProposedOptions {
  readonly db: Db;
  readonly rules: readonly Rule[];
  readonly catalog: Catalog;
  readonly configured?: Readonly<Record<string, unknown>> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a change would do before anybody approves it. */
export interface Proposed {
  /** Throws SETTINGS_INVALID or REQUEST_INVALID where a change could never be in force. */
  check(change: Change): Promise<void>;
  /** Which findings of the look-back window would go, come or change. */
  preview(change: Change, signal?: AbortSignal): Promise<readonly Comparison[]>;
  /** Rule id → its settings as the configuration leaves them, and as they are in force. */
  settings(): Promise<{ readonly configured: RuleSettings; readonly inForce: RuleSettings }>;
}

export function proposedChanges({ db, rules, catalog, configured, clock, log }: ProposedOptions): Proposed {
  const inForce = rulingsOf({ rules, configured, log });
  const ruleOf = (id: string): Rule => {
    const rule = rules.find((known) => known.id === id);
    if (!rule) throw new CodedError('SETTINGS_INVALID', { rule: id, reason: 'no such rule' });
    return rule;
  };
  const check = async (change: Change): Promise<void> => {
    if (change.kind === 'settings') {
      parseSettings([ruleOf(change.rule)], { [change.rule]: change.settings });
      return;
    }
    const { contractor, rule } = change.permission;
    if (rule !== undefined) ruleOf(rule);
    if (!(await knowsContractor(db, contractor)))
      throw new CodedError('REQUEST_INVALID', { reason: `there is no contractor ${contractor}` });
  };
  const asConfigured = parseSettings(rules, configured);
  return {
    check,
    settings: async () => ({ configured: asConfigured, inForce: (await inForce(db)).settings }),
    async preview(change, signal) {
      await check(change);
      const now = clock();
      const before = await inForce(db);
      const judged = change.kind === 'settings' ? [ruleOf(change.rule)] : rules;
      const after = withChange(before, { change, rules: judged, at: instant(now) });
      const subjects =
        change.kind === 'settings'
          ? (await subjectsInTime(db, instant(now - LOOK_BACK))).filter(
              ({ scope }) => scope === judged[0]?.scope,
            )
          : await subjectsOf(db, change.permission.contractor);
      const judging = { rules: judged, catalog };
      return previewStored(
        db,
        { before: { ...judging, ...before }, after: { ...judging, ...after } },
        { subjects, now, ...(signal && { signal }) },
      );
    },
  };
}

function withChange(
  before: RulingsInForce,
  { change, rules, at }: { readonly change: Change; readonly rules: readonly Rule[]; readonly at: string },
): RulingsInForce {
  if (change.kind === 'settings') {
    const parsed = parseSettings(rules, { [change.rule]: change.settings });
    return { ...before, settings: new Map([...before.settings, ...parsed]) };
  }
  const asIfApproved: Proposal = {
    id: 'preview',
    change,
    reason: 'preview',
    status: 'approved',
    requestedBy: 'requester',
    requestedAt: at,
    decidedBy: 'approver',
    decidedAt: at,
  };
  const exception = exceptionOf(asIfApproved);
  return exception ? { ...before, exceptions: [...before.exceptions, exception] } : before;
}
