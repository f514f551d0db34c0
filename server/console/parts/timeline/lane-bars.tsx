import type { Segment, TimelineView } from '../../../../shared/api/timeline.ts';
import { millis } from '../../../../shared/time.ts';
import { type LaidLane, type Layout, ROW_PX } from './layout.ts';
import { isQuiet } from './overview-strip.tsx';

interface BarsProps {
  readonly view: TimelineView;
  readonly layout: Layout;
  readonly xOf: (at: number) => number;
  readonly width: number;
  /** The one that is pointed at or shown in words. */
  readonly lit: Segment | undefined;
}

const BAR_PX = 12;
const LEAST_PX = 2;
/** Network classes whose addresses say nothing of where somebody is. */
const EXITS: ReadonlySet<string> = new Set(['vpn', 'hosting', 'tor', 'relay', 'satellite', 'corporate']);

export function LaneBars(props: BarsProps) {
  const bySegmentRow = Map.groupBy(
    props.view.segments.map((segment, index) => ({ segment, index })),
    ({ segment }) => segment.row,
  );
  return props.layout.lanes.map((laid) => (
    <g key={laid.lane} className={`lane-${laid.lane}`}>
      <rect className="lane-ground" x={0} y={laid.top - 2} width={props.width} height={laid.height + 4} />
      <Unseen laid={laid} {...props} />
      {laid.rows.map(({ index: row, top }) => (
        <g key={row}>
          {(bySegmentRow.get(row) ?? []).map(({ segment, index }) => (
            <Bar key={segment.from} segment={segment} index={index} top={top} {...props} />
          ))}
        </g>
      ))}
    </g>
  ));
}

function Unseen({ laid, view, xOf, width }: BarsProps & { readonly laid: LaidLane }) {
  return view.uncovered.map((each, index) => {
    if (each.lane !== laid.lane) return null;
    const from = Math.max(0, xOf(millis(each.from)));
    const to = Math.min(width, xOf(millis(each.to)));
    if (to <= from) return null;
    return (
      <rect
        key={each.from}
        className="uncovered"
        data-uncovered={index}
        fill="url(#not-covered)"
        x={from}
        y={laid.top - 2}
        width={Math.max(LEAST_PX, to - from)}
        height={laid.height + 4}
      />
    );
  });
}

function Bar(props: BarsProps & { readonly segment: Segment; readonly index: number; readonly top: number }) {
  const { segment, index, top, view, xOf, width, lit } = props;
  const start = xOf(millis(segment.from));
  const end = xOf(millis(segment.to));
  if (end < -LEAST_PX || start > width + LEAST_PX) return null;
  const x = Math.max(-4, start);
  const right = Math.min(width + 4, end);
  const y = top + (ROW_PX - BAR_PX) / 2;
  const isLit = lit?.row === segment.row && lit.from === segment.from;
  return (
    <>
      <rect
        className={classOf(segment, view, isLit)}
        data-segment={index}
        x={x}
        y={y}
        rx={2}
        width={Math.max(LEAST_PX, right - x)}
        height={BAR_PX}
        fillOpacity={densityOf(segment)}
      />
      {segment.after && end < width && (
        <path className="open-edge" d={`M${end + 1} ${y}l4 ${BAR_PX / 2}l-4 ${BAR_PX / 2}`} />
      )}
      {segment.before && start > 0 && (
        <path className="open-edge" d={`M${start - 1} ${y}l-4 ${BAR_PX / 2}l4 ${BAR_PX / 2}`} />
      )}
    </>
  );
}

function classOf(segment: Segment, { rows }: TimelineView, isLit: boolean): string {
  const row = rows[segment.row];
  const fact = row?.fact;
  const words = ['bar'];
  if (row?.lane === 'evidence') words.push(isQuiet(segment.note) ? 'bar-quiet' : 'bar-gap');
  if (fact?.kind === 'egress' && EXITS.has(fact.networkClass)) words.push('bar-exit');
  if (fact?.kind === 'tool' && fact.state === 'installed') words.push('bar-faint');
  if (row?.key === 'suspend') words.push('bar-quiet');
  if (row?.key === 'activity|remote') words.push('bar-remote');
  if (isLit) words.push('bar-lit');
  return words.join(' ');
}

/** What was merged is as strong as it is dense. */
function densityOf({ ms, from, to, count }: Segment): number | undefined {
  if (count === undefined || ms === undefined) return undefined;
  const length = Math.max(1, millis(to) - millis(from));
  return 0.35 + 0.65 * Math.min(1, ms / length);
}

export function Patterns() {
  return (
    <defs>
      <pattern id="not-covered" width="6" height="6" patternUnits="userSpaceOnUse">
        <circle className="pattern-dot" cx="1.5" cy="1.5" r="0.9" />
        <circle className="pattern-dot" cx="4.5" cy="4.5" r="0.9" />
      </pattern>
      <pattern id="gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect className="pattern-ground" width="6" height="6" />
        <rect className="pattern-line" width="2.5" height="6" />
      </pattern>
      <pattern id="exit" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect className="pattern-exit-ground" width="6" height="6" />
        <rect className="pattern-exit" width="3" height="6" />
      </pattern>
    </defs>
  );
}
