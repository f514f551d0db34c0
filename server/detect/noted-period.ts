import type { Fact } from '../../shared/facts.ts';
import { HOUR, type Instant, instant, millis } from '../../shared/time.ts';

/** What was noted once may tell of a period of its own. */
export function notedPeriod(fact: Fact, at: Instant): { readonly from: Instant; readonly to: Instant } {
  if (fact.kind === 'activity' || fact.kind === 'latency')
    return { from: fact.hour, to: instant(millis(fact.hour) + HOUR) };
  if (fact.kind === 'suspend') return { from: fact.from, to: fact.until };
  return { from: at, to: at };
}
