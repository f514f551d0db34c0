import { LANES, type LaneRow, type Segment } from '../../../shared/api/timeline.ts';
import { type Instant, instant, millis } from '../../../shared/time.ts';
import { earlier, later } from '../../detect/periods.ts';
import type { LaneSpan } from './lanes.ts';

export interface Frame {
  readonly from: Instant;
  readonly to: Instant;
  /** What has no end yet is drawn until then. */
  readonly now: Instant;
  readonly width: number;
}

export interface Pictured {
  readonly rows: readonly LaneRow[];
  readonly segments: readonly Segment[];
  readonly spans: number;
  readonly merged: boolean;
}

/** Up to here every span is a segment of its own. */
export const MOST_SEGMENTS = 2_000;
/** More things than this in one lane share its last row. */
export const MOST_ROWS = 40;
/** What would lie closer than this in the picture is merged. */
const NEAR_PX = 2;

/** Spans as rows of segments, clipped to a range; where there are too many, those that lie close become one and say how many they are. */
export function picture(spans: readonly LaneSpan[], frame: Frame): Pictured {
  const inRange = spans.filter((span) => touches(span, frame));
  const groups = grouped(inRange);
  const merged = inRange.length > MOST_SEGMENTS;
  let nearMs = merged ? (NEAR_PX * lengthOf(frame)) / frame.width : 0;
  let segments = segmentsOf(groups, { frame, nearMs: merged ? nearMs : undefined });
  while (segments.length > MOST_SEGMENTS && nearMs < lengthOf(frame)) {
    nearMs *= 2;
    segments = segmentsOf(groups, { frame, nearMs });
  }
  return { rows: groups.map(({ row }) => row), segments, spans: inRange.length, merged };
}

function touches({ from, to }: LaneSpan, frame: Frame): boolean {
  return from < frame.to && from <= frame.now && (to === undefined || to > frame.from || to === from);
}

interface Group {
  readonly row: LaneRow;
  readonly spans: readonly LaneSpan[];
}

function grouped(spans: readonly LaneSpan[]): readonly Group[] {
  const byLane = Map.groupBy(spans, ({ lane }) => lane);
  return LANES.flatMap((lane) => {
    const things = [
      ...Map.groupBy(byLane.get(lane) ?? [], ({ key, endpoint }) => `${endpoint}\n${key}`).values(),
    ]
      .map((own) => own.toSorted(byBeginning))
      .toSorted((a, b) => b.length - a.length || compare(a[0]?.key ?? '', b[0]?.key ?? ''));
    const roomy = things.length > MOST_ROWS ? things.slice(0, MOST_ROWS - 1) : things;
    const rest = things.slice(roomy.length);
    const named = roomy
      .toSorted((a, b) => placeOf(a) - placeOf(b) || compare(a[0]?.from ?? '', b[0]?.from ?? ''))
      .flatMap((own) => rowOf(own) ?? []);
    if (rest.length === 0) return named;
    const row = { lane, key: 'others', endpoint: null, fact: null, things: rest.length };
    return [...named, { row, spans: rest.flat().toSorted(byBeginning) }];
  });
}

/** Presence reads from what is sure to what is told; other lanes begin with what was there first. */
const PRESENCE = ['presence', 'activity|local', 'activity|remote', 'suspend'];

function placeOf(spans: readonly LaneSpan[]): number {
  return PRESENCE.indexOf(spans[0]?.key ?? '');
}

function rowOf(spans: readonly LaneSpan[]): Group | undefined {
  const latest = spans.at(-1);
  if (!latest) return undefined;
  const { lane, key, endpoint, fact } = latest;
  return { row: { lane, key, endpoint, fact, things: 1 }, spans };
}

interface Detail {
  readonly frame: Frame;
  /** Undefined: nothing is merged. */
  readonly nearMs: number | undefined;
}

function segmentsOf(groups: readonly Group[], detail: Detail): readonly Segment[] {
  return groups.flatMap(({ spans }, row) => {
    const clipped = spans.map((span) => clip(span, detail.frame));
    return detail.nearMs === undefined
      ? clipped.map((each) => segmentOf(row, [each]))
      : runs(clipped, detail.nearMs).map((run) => segmentOf(row, run));
  });
}

interface Clipped {
  readonly from: number;
  readonly to: number;
  readonly before: boolean;
  readonly after: boolean;
  readonly note: string | undefined;
}

function clip({ from, to, note }: LaneSpan, frame: Frame): Clipped {
  const end = to ?? frame.now;
  const last = earlier(end, frame.to);
  const first = later(from, frame.from);
  return {
    from: millis(first),
    to: Math.max(millis(first), millis(last)),
    before: from < frame.from,
    after: to === undefined || to > frame.to,
    note,
  };
}

function runs(spans: readonly Clipped[], nearMs: number): readonly (readonly Clipped[])[] {
  const found: Clipped[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    const run = found.at(-1);
    if (run && span.from - end <= nearMs) run.push(span);
    else found.push([span]);
    end = Math.max(end, span.to);
  }
  return found;
}

function segmentOf(row: number, run: readonly Clipped[]): Segment {
  const from = run[0]?.from ?? 0;
  const to = run.reduce((end, span) => Math.max(end, span.to), from);
  const ms = coveredMs(run);
  const note = noteOf(run);
  return {
    row,
    from: instant(from),
    to: instant(to),
    ...(run.some(({ before }) => before) && { before: true }),
    ...(run.some((span) => span.after && span.to === to) && { after: true }),
    ...(note !== undefined && { note }),
    ...(run.length > 1 && { count: run.length }),
    ...(ms !== to - from && { ms }),
  };
}

/** Each moment once. */
function coveredMs(run: readonly Clipped[]): number {
  let covered = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to } of run) {
    covered += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return covered;
}

/** What holds for most of it. */
function noteOf(run: readonly Clipped[]): string | undefined {
  const lengths = new Map<string, number>();
  for (const { note, from, to } of run)
    if (note !== undefined) lengths.set(note, (lengths.get(note) ?? 0) + to - from);
  return [...lengths].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

function lengthOf({ from, to }: Frame): number {
  return millis(to) - millis(from);
}

function byBeginning(a: LaneSpan, b: LaneSpan): number {
  return compare(a.from, b.from);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
