import { type PointerEvent, useEffect, useRef, useState } from 'react';
import type { Lane, Segment, TimelineView } from '../../../../shared/api/timeline.ts';
import { instant, millis } from '../../../../shared/time.ts';
import { NOTHING_LABELS } from '../../text/timeline-text.ts';
import { Axis } from './axis.tsx';
import { FindingMarks } from './finding-marks.tsx';
import { LaneBars, Patterns } from './lane-bars.tsx';
import { LaneLabels } from './lane-labels.tsx';
import { type Layout, layoutOf } from './layout.ts';
import { lengthOf, moved, type TimeRange, zoomed } from './range.ts';
import type { Chosen } from './segment-panel.tsx';
import type { TimelineProps } from './timeline-section.tsx';
import { Tip, type Tipped } from './tip.tsx';
import type { Navigation } from './use-range.ts';

interface LanesProps extends TimelineProps {
  readonly view: TimelineView;
  readonly shown: TimeRange;
  readonly range: Navigation;
  readonly expanded: ReadonlySet<Lane>;
  readonly onExpand: (lane: Lane) => void;
  readonly onWidth: (width: number) => void;
  readonly chosen: Chosen | undefined;
  readonly onChoose: (chosen: Chosen | undefined) => void;
}

/** A press that moves less than this is a click. */
const CLICK_PX = 4;

export function Swimlanes(props: LanesProps) {
  const { view, shown, range, timezone, findings, hostnames, expanded, onExpand, chosen, onChoose } = props;
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot, props.onWidth);
  const [tip, setTip] = useState<Tipped>();
  const layout = layoutOf(view, expanded);
  const xOf = (at: number) => ((at - shown.from) / lengthOf(shown)) * width;
  const visible = visibleSegments(layout, view.segments, shown);
  useZoomWheel(plot, { shown, drag: range.drag });
  const panning = usePanning({ shown, width, drag: range.drag });

  const choose = (segment: Segment) => {
    const row = view.rows[segment.row];
    if (row) onChoose({ row, segment });
  };
  const step = (by: number) => {
    const at = tip?.segment ? visible.findIndex((each) => isSame(each, tip.segment)) : by > 0 ? -1 : 0;
    const segment = visible[(at + by + visible.length) % visible.length];
    const row =
      segment && layout.lanes.flatMap(({ rows }) => rows).find(({ index }) => index === segment.row);
    if (segment && row) setTip({ segment, x: clampedMiddle(xOf, segment, width), y: row.top });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const length = lengthOf(shown);
    const around = tip?.segment && (millis(tip.segment.from) + millis(tip.segment.to)) / 2;
    const acts = new Map<string, () => void>([
      ['+', () => range.go(zoomed(shown, 0.5, around))],
      ['=', () => range.go(zoomed(shown, 0.5, around))],
      ['-', () => range.go(zoomed(shown, 2, around))],
      ['ArrowLeft', () => range.go(moved(shown, -length / 4))],
      ['ArrowRight', () => range.go(moved(shown, length / 4))],
      ['0', () => range.go(null)],
      ['ArrowDown', () => step(1)],
      ['ArrowUp', () => step(-1)],
      ['Enter', () => tip?.segment && choose(tip.segment)],
      ['Escape', () => (tip ? setTip(undefined) : onChoose(undefined))],
    ]);
    const act = acts.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  };
  const hover = (event: PointerEvent) => {
    if (panning.move(event)) return setTip(undefined);
    const box = plot.current?.getBoundingClientRect();
    const target = event.target;
    if (!box || !(target instanceof Element)) return undefined;
    const place = { x: event.clientX - box.left, y: event.clientY - box.top };
    const segment = view.segments[Number(target.getAttribute('data-segment') ?? -1)];
    const unseen = view.uncovered[Number(target.getAttribute('data-uncovered') ?? -1)];
    return setTip(
      segment || unseen ? { ...place, ...(segment ? { segment } : { uncovered: unseen }) } : undefined,
    );
  };
  return (
    <div className="lanes">
      <FindingMarks findings={findings} shown={shown} width={width} xOf={xOf} />
      <Axis shown={shown} width={width} timezone={timezone} />
      <LaneLabels layout={layout} hostnames={hostnames} onExpand={onExpand} />
      {/* biome-ignore lint/a11y/useSemanticElements: a plot with a keyboard of its own has no element of its own. */}
      <div
        ref={plot}
        className="lanes-plot"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keys that zoom and move.
        tabIndex={0}
        aria-label="Timeline. Plus and minus zoom, left and right move, up and down go through what was observed, Enter shows it. The same is there as a table."
        onKeyDown={onKeyDown}
        onPointerDown={panning.start}
        onPointerMove={hover}
        onPointerUp={(event) => {
          if (panning.stop(event)) return;
          const target = event.target;
          const index = target instanceof Element ? target.getAttribute('data-segment') : null;
          const segment = index === null ? undefined : view.segments[Number(index)];
          if (segment) choose(segment);
        }}
        onPointerLeave={() => setTip(undefined)}
        onBlur={() => setTip(undefined)}
      >
        <svg width={width} height={layout.height} aria-hidden="true">
          <Patterns />
          {view.work.map(({ from, to }) => (
            <rect
              key={from}
              className="work"
              x={xOf(millis(from))}
              width={Math.max(0, xOf(millis(to)) - xOf(millis(from)))}
              y={0}
              height={layout.height}
            />
          ))}
          <LaneBars
            view={view}
            layout={layout}
            xOf={xOf}
            width={width}
            lit={tip?.segment ?? chosen?.segment}
          />
          <rect
            className="future"
            x={xOf(millis(view.now))}
            y={0}
            width={Math.max(0, width - xOf(millis(view.now)))}
            height={layout.height}
          />
          <line
            className="now"
            x1={xOf(millis(view.now))}
            x2={xOf(millis(view.now))}
            y1={0}
            y2={layout.height}
          />
          {layout.lanes.map(({ lane, top, rows }) =>
            rows.length > 0 ? null : (
              <text key={lane} className="lane-nothing" x={8} y={top + 13}>
                {NOTHING_LABELS[lane]}
              </text>
            ),
          )}
        </svg>
        {tip && <Tip tip={tip} view={view} width={width} timezone={timezone} hostnames={hostnames} />}
      </div>
      <Legend />
    </div>
  );
}

function Legend() {
  return (
    <ul className="lanes-legend">
      <li>
        <span className="key key-work" /> declared hours
      </li>
      <li>
        <span className="key key-gap" /> gap or silence
      </li>
      <li>
        <span className="key key-uncovered" /> not covered: nobody could see it
      </li>
      <li>
        <span className="key key-exit" /> address of a VPN, host or relay
      </li>
      <li>
        <span className="key key-open" /> goes on
      </li>
      <li className="faint">Ctrl and wheel or + − zoom, drag or ← → move, ↑ ↓ read</li>
    </ul>
  );
}

function isSame(a: Segment, b: Segment | undefined): boolean {
  return b !== undefined && a.row === b.row && a.from === b.from;
}

function clampedMiddle(xOf: (at: number) => number, { from, to }: Segment, width: number): number {
  return (Math.max(0, xOf(millis(from))) + Math.min(width, xOf(millis(to)))) / 2;
}

/** As they stand on the screen, lane by lane and row by row. */
function visibleSegments(
  { lanes }: Layout,
  segments: readonly Segment[],
  shown: TimeRange,
): readonly Segment[] {
  const [from, to] = [instant(Math.round(shown.from)), instant(Math.round(shown.to))];
  const byRow = Map.groupBy(segments, ({ row }) => row);
  return lanes.flatMap(({ rows }) =>
    rows.flatMap(({ index }) => (byRow.get(index) ?? []).filter((each) => each.from < to && each.to >= from)),
  );
}

function useWidth(plot: React.RefObject<HTMLDivElement | null>, tell: (width: number) => void): number {
  const [width, setWidth] = useState(900);
  useEffect(() => {
    const element = plot.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      setWidth(element.clientWidth);
      tell(element.clientWidth);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [plot, tell]);
  return width;
}

interface Moving {
  readonly shown: TimeRange;
  readonly drag: (to: TimeRange) => void;
}

/** The wheel scrolls the page; with Ctrl, or as a pinch, it zooms around the pointer, and sideways it moves. */
function useZoomWheel(plot: React.RefObject<HTMLDivElement | null>, moving: Moving): void {
  const latest = useRef(moving);
  latest.current = moving;
  useEffect(() => {
    const element = plot.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent) => {
      const { shown, drag } = latest.current;
      const box = element.getBoundingClientRect();
      const perPx = lengthOf(shown) / box.width;
      if (event.ctrlKey || event.metaKey) {
        const around = shown.from + (event.clientX - box.left) * perPx;
        drag(zoomed(shown, Math.exp(event.deltaY / 300), around));
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) drag(moved(shown, event.deltaX * perPx));
      else return;
      event.preventDefault();
    };
    // React's own listener is passive and could not keep the page from zooming.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [plot]);
}

function usePanning({ shown, width, drag }: Moving & { readonly width: number }) {
  const held = useRef<{ readonly x: number; readonly range: TimeRange; moved: boolean }>(undefined);
  return {
    start: (event: PointerEvent) => {
      if (event.button === 0) held.current = { x: event.clientX, range: shown, moved: false };
    },
    move: (event: PointerEvent): boolean => {
      const grip = held.current;
      if (!grip) return false;
      const by = event.clientX - grip.x;
      if (!grip.moved && Math.abs(by) < CLICK_PX) return false;
      if (!grip.moved && event.currentTarget instanceof Element)
        event.currentTarget.setPointerCapture(event.pointerId);
      grip.moved = true;
      drag(moved(grip.range, (-by / width) * lengthOf(grip.range)));
      return true;
    },
    /** Whether it was a move. */
    stop: (_event: PointerEvent): boolean => {
      const wasMove = held.current?.moved ?? false;
      held.current = undefined;
      return wasMove;
    },
  };
}
