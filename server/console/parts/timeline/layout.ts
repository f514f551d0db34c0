import {
  LANES,
  type Lane,
  type LaneRow,
  type Segment,
  type TimelineView,
} from '../../../../shared/api/timeline.ts';
import { millis } from '../../../../shared/time.ts';

export const ROW_PX = 18;
const LANE_GAP_PX = 8;
/** So many rows of a lane are shown until the rest is asked for. */
const FEW_ROWS = 5;

export interface LaidRow {
  readonly index: number;
  readonly row: LaneRow;
  readonly top: number;
}

export interface LaidLane {
  readonly lane: Lane;
  readonly top: number;
  readonly height: number;
  readonly rows: readonly LaidRow[];
  readonly hidden: number;
  readonly expanded: boolean;
}

export interface Layout {
  readonly lanes: readonly LaidLane[];
  readonly height: number;
}

/** Where each lane and each of its rows stands. Rows with most time in them are kept where not all are shown. */
export function layoutOf({ rows, segments }: TimelineView, expanded: ReadonlySet<Lane>): Layout {
  const weights = weightsOf(rows, segments);
  let top = LANE_GAP_PX;
  const lanes = LANES.map((lane): LaidLane => {
    const own = rows.flatMap((row, index) => (row.lane === lane ? [{ row, index }] : []));
    const open = expanded.has(lane);
    const kept = new Set(
      own
        .toSorted((a, b) => (weights[b.index] ?? 0) - (weights[a.index] ?? 0))
        .slice(0, open ? own.length : FEW_ROWS)
        .map(({ index }) => index),
    );
    const shown = own.filter(({ index }) => kept.has(index));
    const start = top;
    const laid = shown.map((each, place) => ({ ...each, top: start + place * ROW_PX }));
    const height = Math.max(1, laid.length) * ROW_PX;
    top += height + LANE_GAP_PX;
    return { lane, top: start, height, rows: laid, hidden: own.length - laid.length, expanded: open };
  });
  return { lanes, height: top };
}

function weightsOf(rows: readonly LaneRow[], segments: readonly Segment[]): readonly number[] {
  const weights = rows.map(() => 0);
  for (const { row, from, to } of segments)
    weights[row] = (weights[row] ?? 0) + Math.max(1, millis(to) - millis(from));
  return weights;
}
