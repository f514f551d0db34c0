import { LANES, type LaneRow, type Segment } from '../../../shared/api/timeline.ts';
import { type Instant, instant, millis } from '../../../shared/time.ts';
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
  const clip = clipper(frame);
  let lines = groups.map((group) => group.spans.map(clip));
  let nearMs = (NEAR_PX * lengthOf(frame)) / frame.width;
  if (merged) lines = lines.map((line) => joinedWithin(line, nearMs));
  while (merged && totalOf(lines) > MOST_SEGMENTS && nearMs < lengthOf(frame)) {
    nearMs *= 2;
    lines = lines.map((line) => joinedWithin(line, nearMs));
  }
  return {
    rows: groups.map(({ row }) => row),
    segments: lines.flatMap((line, row) => line.map((stretch) => segmentOf(row, stretch))),
    spans: inRange.length,
    merged,
  };
}

function totalOf(lines: readonly (readonly Stretch[])[]): number {
  return lines.reduce((sum, { length }) => sum + length, 0);
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
  const { lane, key, endpoint, span } = latest;
  return { row: { lane, key, endpoint, fact: span?.fact ?? null, things: 1 }, spans };
}

/** One span, or several that lie close, in order of `from`. Milliseconds. */
interface Stretch {
  readonly from: number;
  to: number;
  readonly before: boolean;
  after: boolean;
  count: number;
  /** Each moment once. */
  ms: number;
  /** How long each note holds. */
  readonly notes: Map<string, number> | undefined;
}

function clipper(frame: Frame): (span: LaneSpan) => Stretch {
  const [first, last, now] = [millis(frame.from), millis(frame.to), millis(frame.now)];
  return ({ from: begin, to: end, note }) => {
    const [start, stop] = [millis(begin), end === undefined ? now : millis(end)];
    const from = Math.max(start, first);
    const to = Math.max(from, Math.min(stop, last));
    return {
      from,
      to,
      before: start < first,
      after: end === undefined || stop > last,
      count: 1,
      ms: to - from,
      notes: note === undefined ? undefined : new Map([[note, to - from]]),
    };
  };
}

function joinedWithin(line: readonly Stretch[], nearMs: number): Stretch[] {
  const joined: Stretch[] = [];
  for (const next of line) {
    const run = joined.at(-1);
    if (run && next.from - run.to <= nearMs) join(run, next);
    else joined.push(next);
  }
  return joined;
}

function join(run: Stretch, next: Stretch): void {
  run.ms += Math.max(0, next.ms - Math.max(0, run.to - next.from));
  run.after = next.to === run.to ? run.after || next.after : next.to > run.to ? next.after : run.after;
  run.to = Math.max(run.to, next.to);
  run.count += next.count;
  for (const [note, ms] of next.notes ?? []) run.notes?.set(note, (run.notes.get(note) ?? 0) + ms);
}

function segmentOf(row: number, { from, to, before, after, count, ms, notes }: Stretch): Segment {
  const note = notes && [...notes].reduce((most, each) => (each[1] > most[1] ? each : most))[0];
  return {
    row,
    from: instant(from),
    to: instant(to),
    ...(before && { before: true }),
    ...(after && { after: true }),
    ...(note !== undefined && { note }),
    ...(count > 1 && { count }),
    ...(ms !== to - from && { ms }),
  };
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
