import type { FactKind } from '../../shared/facts.ts';
import { DAY, instant } from '../../shared/time.ts';
import type { Timeline } from '../detect/timeline.ts';
import type { Subject } from '../store/dirty.ts';
import type { Db } from '../store/store.ts';
import { contractorTimeline, placeTimeline } from '../store/timelines.ts';

/** How far back rules look. */
export const LOOK_BACK = 30 * DAY;

/** What is known of a subject at this moment; undefined for a contractor whom nobody knows. */
export function loadTimeline(
  db: Db,
  { scope, subject }: Subject,
  { now, kinds }: { readonly now: number; readonly kinds: ReadonlySet<FactKind> },
): Promise<Timeline | undefined> {
  const window = { now: instant(now), since: instant(now - LOOK_BACK) };
  return scope === 'contractor'
    ? contractorTimeline(db, subject, { ...window, kinds })
    : placeTimeline(db, subject, window);
}
