import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { TimelineView } from '../../../../shared/api/timeline.ts';
import type { Finding } from '../../../../shared/finding.ts';
import { instant, millis } from '../../../../shared/time.ts';
import { dateTime } from '../../text/time-text.ts';
import { lengthOf, moved, type TimeRange, zoomed } from './range.ts';

interface OverviewProps {
  readonly view: TimelineView | undefined;
  readonly extent: TimeRange;
  readonly shown: TimeRange;
  readonly findings: readonly Finding[];
  readonly onChange: (range: TimeRange) => void;
}

const HEIGHT = 34;
const EDGE_PX = 8;

/** All there is, small; what is in view is a window on it that can be moved, stretched or drawn anew. */
export function OverviewStrip({ view, extent, shown, findings, onChange }: OverviewProps) {
  const strip = useRef<HTMLDivElement>(null);
  const grip = useRef<{
    readonly kind: 'new' | 'move' | 'from' | 'to';
    readonly at: number;
    readonly range: TimeRange;
  }>(undefined);
  const share = (at: number) => Math.min(1, Math.max(0, (at - extent.from) / lengthOf(extent)));
  const timeAt = (event: PointerEvent) => {
    const box = strip.current?.getBoundingClientRect();
    if (!box) return { at: extent.from, px: 0 };
    const px = event.clientX - box.left;
    return { at: extent.from + (px / box.width) * lengthOf(extent), px, width: box.width };
  };
  const press = (event: PointerEvent) => {
    const { at, px, width = 1 } = timeAt(event);
    const [left, right] = [share(shown.from) * width, share(shown.to) * width];
    const kind =
      Math.abs(px - left) < EDGE_PX
        ? 'from'
        : Math.abs(px - right) < EDGE_PX
          ? 'to'
          : px > left && px < right
            ? 'move'
            : 'new';
    grip.current = { kind, at, range: shown };
    strip.current?.setPointerCapture(event.pointerId);
  };
  const drag = (event: PointerEvent) => {
    const held = grip.current;
    if (!held) return;
    const { at } = timeAt(event);
    const next = dragged(held, at);
    if (lengthOf(next) > lengthOf(extent) / 500) onChange(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = KEYS.get(event.key)?.(shown);
    if (!next) return;
    event.preventDefault();
    onChange(next);
  };
  return (
    <div
      ref={strip}
      className="range-strip"
      role="slider"
      tabIndex={0}
      aria-label="Range in view"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share((shown.from + shown.to) / 2) * 100)}
      aria-valuetext={`${dateTime(instant(Math.round(shown.from)))} to ${dateTime(instant(Math.round(shown.to)))}`}
      onPointerDown={press}
      onPointerMove={drag}
      onPointerUp={() => {
        grip.current = undefined;
      }}
      onKeyDown={onKeyDown}
    >
      <svg
        width="100%"
        height={HEIGHT}
        viewBox={`0 0 1000 ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {view && <OverviewMarks view={view} share={share} />}
        {findings
          .filter(({ outcome }) => outcome === 'open')
          .map(({ id, severity, from }) => (
            <rect
              key={id}
              className={`severity-${severity} overview-finding`}
              x={share(millis(from)) * 1000}
              y={0}
              width={3}
              height={10}
            />
          ))}
      </svg>
      <div
        className="overview-window"
        style={{
          left: `${share(shown.from) * 100}%`,
          width: `${(share(shown.to) - share(shown.from)) * 100}%`,
        }}
      />
    </div>
  );
}

const KEYS = new Map<string, (range: TimeRange) => TimeRange>([
  ['ArrowLeft', (range) => moved(range, -lengthOf(range) / 4)],
  ['ArrowRight', (range) => moved(range, lengthOf(range) / 4)],
  ['+', (range) => zoomed(range, 0.5)],
  ['=', (range) => zoomed(range, 0.5)],
  ['-', (range) => zoomed(range, 2)],
]);

function dragged(
  {
    kind,
    at,
    range,
  }: { readonly kind: 'new' | 'move' | 'from' | 'to'; readonly at: number; readonly range: TimeRange },
  now: number,
): TimeRange {
  if (kind === 'move') return moved(range, now - at);
  const fixed = kind === 'new' ? at : kind === 'from' ? range.to : range.from;
  return { from: Math.min(fixed, now), to: Math.max(fixed, now) };
}

/** Presence below, whatever tells of a far hand above, holes hatched. */
function OverviewMarks({
  view,
  share,
}: {
  readonly view: TimelineView;
  readonly share: (at: number) => number;
}) {
  return view.segments.map((segment) => {
    const row = view.rows[segment.row];
    const mark = row && MARKS.get(row.lane);
    if (!row || !mark) return null;
    const [from, to] = [share(millis(segment.from)) * 1000, share(millis(segment.to)) * 1000];
    return (
      <rect
        key={`${segment.row} ${segment.from}`}
        className={`lane-${row.lane}${row.lane === 'evidence' && isQuiet(segment.note) ? ' quiet' : ''}`}
        x={from}
        y={mark.y}
        width={Math.max(1, to - from)}
        height={mark.height}
      />
    );
  });
}

/** A machine that sleeps or is off is nothing to look into. */
export function isQuiet(note: string | undefined): boolean {
  return note === 'asleep' || note === 'shut-down';
}

const MARKS = new Map([
  ['presence', { y: 26, height: 6 }],
  ['control', { y: 12, height: 6 }],
  ['tools', { y: 19, height: 4 }],
  ['evidence', { y: 26, height: 6 }],
]);
