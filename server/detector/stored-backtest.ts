import { setImmediate } from 'node:timers/promises';
import { type Judging, judge } from '../detect/engine.ts';
import { kindsOf } from '../detect/rule.ts';
import type { Subject } from '../store/dirty.ts';
import type { Db } from '../store/store.ts';
import { type Comparison, compareOutcomes, type Outcome, outcomesOf } from './backtest.ts';
import { loadTimeline } from './load-timeline.ts';

export interface StoredBacktest {
  readonly subjects: readonly Subject[];
  /** Milliseconds since 1970: the end of the look-back window. */
  readonly now: number;
  readonly signal?: AbortSignal;
}

/** What the stored evidence of these subjects gives by a judging. Nothing is written. */
export async function backtestStored(
  db: Db,
  judging: Judging,
  over: StoredBacktest,
): Promise<readonly Outcome[]> {
  const [outcomes] = await judgedBy(db, [judging], over);
  return outcomes ?? [];
}

/** What would change if `after` were in force instead of `before`, on the stored evidence of these subjects. */
export async function previewStored(
  db: Db,
  { before, after }: { readonly before: Judging; readonly after: Judging },
  over: StoredBacktest,
): Promise<readonly Comparison[]> {
  const [was = [], would = []] = await judgedBy(db, [before, after], over);
  return compareOutcomes(was, would).filter(({ change }) => change !== 'same');
}

/** Each timeline is loaded once, and the event loop gets its turn between two. */
async function judgedBy(
  db: Db,
  judgings: readonly Judging[],
  { subjects, now, signal }: StoredBacktest,
): Promise<readonly (readonly Outcome[])[]> {
  const kinds = kindsOf(judgings.flatMap(({ rules }) => rules));
  const found = judgings.map((): Outcome[] => []);
  for (const subject of subjects) {
    signal?.throwIfAborted();
    await setImmediate();
    const timeline = await loadTimeline(db, subject, { now, kinds });
    if (!timeline) continue;
    for (const [index, judging] of judgings.entries())
      found[index]?.push(...outcomesOf(judge(timeline, judging).verdicts));
  }
  return found;
}
