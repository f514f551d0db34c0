import type { SegmentQuery, TimelineQuery, TimelineView } from '../../../shared/api/timeline.ts';
import { DAY, type Instant, instant, millis } from '../../../shared/time.ts';
import { offsets } from '../../detect/offsets.ts';
import { earlier } from '../../detect/periods.ts';
import { type Silence, silences } from '../../detect/silences.ts';
import type { ContractorTimeline } from '../../detect/timeline.ts';
import { workPeriods } from '../../detect/work-hours.ts';
import { extentOf, PICTURED, rangeTimeline, type Watched } from '../../store/lane-views.ts';
import type { Db } from '../../store/store.ts';
import { type LaneSpan, laneSpansOf, laneSpansOfSilence } from './lanes.ts';
import { picture } from './segments.ts';
import { uncovered } from './uncovered.ts';

interface Asking {
  readonly contractor: string;
  readonly watched: Watched;
  readonly now: Instant;
}

const WIDTH = 1_200;
const SHOWN_MS = 14 * DAY;
/** Working hours of a longer range are too narrow to be seen. */
const WORK_SHOWN_MS = 100 * DAY;

export async function timelineView(db: Db, asking: Asking, query: TimelineQuery): Promise<TimelineView> {
  const { watched, now } = asking;
  const extent = extentOf(watched, now);
  const range = rangeOf(query, { watched, now });
  const timeline = await timelineIn(db, asking, range);
  const { width = WIDTH } = query;
  const quiet = silences(timeline);
  const pictured = picture(laneSpans(timeline, quiet), { ...range, now, width });
  const seen = { from: range.from, to: earlier(range.to, now) };
  return {
    now,
    ...range,
    extent,
    rows: [...pictured.rows],
    segments: [...pictured.segments],
    uncovered: uncovered({ timeline, silences: quiet, endpoints: watched.endpoints }, { ...seen, width }).map(
      ({ why, ...each }) => ({ ...each, why: [...why] }),
    ),
    work: [...workIn(timeline, range)],
    spans: pictured.spans,
    merged: pictured.merged,
  };
}

/** The ids of the spans behind a segment, latest first. */
export async function segmentSpanIds(
  db: Db,
  asking: Asking,
  { lane, key, endpoint, ...given }: SegmentQuery,
): Promise<readonly string[]> {
  const range = rangeOf(given, asking);
  const timeline = await timelineIn(db, asking, range);
  return laneSpans(timeline, [])
    .filter((span) => span.lane === lane && (endpoint === undefined || span.endpoint === endpoint))
    .filter((span) => span.key === key && span.from <= range.to && (span.to ?? asking.now) >= range.from)
    .toSorted((a, b) => (a.from < b.from ? 1 : -1))
    .flatMap(({ span }) => span?.id ?? []);
}

function timelineIn(
  db: Db,
  { contractor, watched, now }: Asking,
  { from, to }: { readonly from: Instant; readonly to: Instant },
): Promise<ContractorTimeline> {
  return rangeTimeline(db, { contractor, watched, now, since: from, until: to, kinds: PICTURED });
}

function laneSpans(timeline: ContractorTimeline, quiet: readonly Silence[]): readonly LaneSpan[] {
  return [
    ...[...PICTURED].flatMap((kind) => timeline.spans(kind).flatMap(laneSpansOf)),
    ...quiet.flatMap(laneSpansOfSilence),
  ];
}

/** What was asked for; else the last two weeks, or the last two before somebody was seen for the last time. */
function rangeOf(
  { from, to }: Pick<TimelineQuery, 'from' | 'to'>,
  { watched, now }: Pick<Asking, 'watched' | 'now'>,
): { readonly from: Instant; readonly to: Instant } {
  if (from !== undefined && to !== undefined) return { from, to };
  const extent = extentOf(watched, now);
  const seen = watched.endpoints.reduce(
    (last, { lastSeenAt }) => Math.max(last, millis(lastSeenAt ?? extent.from)),
    0,
  );
  const isLongAgo = watched.endpoints.length > 0 && seen < millis(now) - SHOWN_MS;
  const end = isLongAgo ? Math.min(seen + DAY, millis(now)) : millis(now);
  return { from: instant(Math.max(millis(extent.from), end - SHOWN_MS)), to: instant(end) };
}

function workIn(
  timeline: ContractorTimeline,
  { from, to }: { readonly from: Instant; readonly to: Instant },
) {
  if (millis(to) - millis(from) > WORK_SHOWN_MS) return [];
  return workPeriods(timeline.contractor.declaration, { since: from, now: to }, offsets());
}
