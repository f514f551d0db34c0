import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Segment, TimelineView } from '../../../../shared/api/timeline.ts';
import { instant, millis } from '../../../../shared/time.ts';
import { plural } from '../../text/labels.ts';
import { lengthText } from '../../text/time-text.ts';
import { LANE_LABELS, stretchText, UNCOVERED_LABELS } from '../../text/timeline-text.ts';
import { type Column, DataTable } from '../data-table.tsx';
import { Inert } from '../inert.tsx';
import { At } from '../time.tsx';
import type { TimeRange } from './range.ts';
import type { Chosen } from './segment-panel.tsx';
import type { TimelineProps } from './timeline-section.tsx';
import { coveredOf } from './tip.tsx';

const FEW_LINES = 40;

interface Line {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly lane: string;
  readonly what: string;
  readonly length: string;
  readonly chosen: Chosen | undefined;
  readonly ends: boolean;
}

/** What the lanes show, as lines, latest first. */
export function LaneTable(
  props: TimelineProps & {
    readonly view: TimelineView;
    readonly shown: TimeRange;
    readonly onChoose: (chosen: Chosen) => void;
  },
) {
  const { view, shown, hostnames, onChoose } = props;
  const columns: readonly Column<Line>[] = [
    { key: 'lane', head: 'Lane', cell: ({ lane }) => lane },
    {
      key: 'what',
      head: 'Observed',
      cell: ({ what, chosen }) =>
        chosen ? (
          <Button className="cell-button" onPress={() => onChoose(chosen)}>
            <Inert text={what} />
          </Button>
        ) : (
          what
        ),
    },
    { key: 'from', head: 'From', cell: ({ from }) => <At at={from} /> },
    {
      key: 'to',
      head: 'To',
      cell: ({ to, ends }) => (ends ? <At at={to} /> : <span className="ongoing">goes on</span>),
    },
    { key: 'length', head: 'Length', cell: ({ length }) => length },
  ];
  const [all, setAll] = useState(false);
  const lines = linesOf(view, shown, hostnames);
  const left = lines.length - FEW_LINES;
  return (
    <>
      <DataTable
        label="Timeline as a table"
        name="timeline"
        columns={columns}
        rows={all ? lines : lines.slice(0, FEW_LINES)}
        rowKey={({ key }) => key}
      />
      {!all && left > 0 && (
        <Button className="button more" onPress={() => setAll(true)}>
          Show {left} more
        </Button>
      )}
    </>
  );
}

function linesOf(
  view: TimelineView,
  shown: TimeRange,
  hostnames: ReadonlyMap<string, string>,
): readonly Line[] {
  const [from, to] = [instant(Math.round(shown.from)), instant(Math.round(shown.to))];
  const isIn = (each: { readonly from: string; readonly to: string }) => each.from <= to && each.to >= from;
  return [
    ...view.segments.filter(isIn).flatMap((segment) => lineOf(segment, view, hostnames) ?? []),
    ...view.uncovered.filter(isIn).map(({ lane, why, ...period }) => ({
      ...period,
      key: `uncovered ${lane} ${period.from}`,
      lane: LANE_LABELS[lane],
      what: `Not covered: ${why.map((each) => UNCOVERED_LABELS[each]).join('; ')}`,
      length: lengthText(millis(period.to) - millis(period.from)),
      chosen: undefined,
      ends: true,
    })),
  ].toSorted((a, b) => (a.from < b.from ? 1 : -1));
}

function lineOf(
  segment: Segment,
  { rows }: TimelineView,
  hostnames: ReadonlyMap<string, string>,
): Line | undefined {
  const row = rows[segment.row];
  if (!row) return undefined;
  const host =
    hostnames.size > 1 && row.endpoint !== null ? ` · ${hostnames.get(row.endpoint) ?? row.endpoint}` : '';
  const count = segment.count === undefined ? '' : ` (${plural(segment.count, 'span')})`;
  return {
    key: `${segment.row} ${segment.from} ${segment.to}`,
    from: segment.from,
    to: segment.to,
    lane: LANE_LABELS[row.lane],
    what: `${stretchText(row, segment)}${host}${count}`,
    length: segment.from === segment.to ? '' : lengthText(coveredOf(segment)),
    chosen: { row, segment },
    ends: !segment.after,
  };
}
