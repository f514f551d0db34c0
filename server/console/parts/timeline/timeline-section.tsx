import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Lane } from '../../../../shared/api/timeline.ts';
import type { Finding } from '../../../../shared/finding.ts';
import { DAY, instant } from '../../../../shared/time.ts';
import { timelineQuery } from '../../data/picture-queries.ts';
import { Section } from '../page.tsx';
import { Loaded, Skeleton } from '../states.tsx';
import { useParams } from '../use-params.ts';
import { LaneTable } from './lane-table.tsx';
import { OverviewStrip } from './overview-strip.tsx';
import { padded, rangeOf } from './range.ts';
import { type Chosen, SegmentPanel } from './segment-panel.tsx';
import { Swimlanes } from './swimlanes.tsx';
import { Toolbar } from './toolbar.tsx';
import { useRange } from './use-range.ts';

const OVERVIEW_PX = 300;
/** The picture's pixels are counted in steps, so that a window that grows a little asks for nothing new. */
const WIDTH_STEP = 400;

export interface TimelineProps {
  readonly id: string;
  readonly timezone: string | undefined;
  readonly findings: readonly Finding[];
  /** By endpoint id. */
  readonly hostnames: ReadonlyMap<string, string>;
}

/** What was observed, lane by lane: from minutes to months, as a picture or as a table. */
export function TimelineSection(props: TimelineProps) {
  const { id } = props;
  const { params, change } = useParams();
  const [expanded, setExpanded] = useState<ReadonlySet<Lane>>(new Set());
  const [chosen, setChosen] = useState<Chosen>();
  const [width, setWidth] = useState(1_200);
  const latest = useQuery(timelineQuery(id, { width: WIDTH_STEP * 3 }));
  const range = useRange(latest.data);
  const asked = range.asked && padded(range.asked);
  const query = useQuery(
    timelineQuery(id, {
      ...(asked && { from: instant(asked.from), to: instant(asked.to) }),
      width: asked ? Math.min(8_000, Math.ceil(width / WIDTH_STEP) * WIDTH_STEP * 2) : WIDTH_STEP * 3,
    }),
  );
  const extent = latest.data && rangeOf(latest.data.extent);
  const overview = useQuery({
    ...timelineQuery(id, {
      ...(extent && { from: instant(extent.from), to: instant(extent.to) }),
      width: OVERVIEW_PX,
    }),
    enabled: extent !== undefined,
    refetchInterval: DAY,
  });
  const asTable = (params.get('view') ?? (isNarrow() ? 'table' : 'lanes')) === 'table';
  const toggle = (lane: Lane) => {
    const next = new Set(expanded);
    if (!next.delete(lane)) next.add(lane);
    setExpanded(next);
  };
  return (
    <Section title="Timeline">
      <Loaded query={query} skeleton={<Skeleton rows={16} />}>
        {(view) => {
          const shown = range.range ?? rangeOf(view);
          return (
            <div className="timeline">
              <Toolbar
                shown={shown}
                view={view}
                range={range}
                asTable={asTable}
                onTable={(table) => change('view', table ? 'table' : 'lanes')}
              />
              <OverviewStrip
                view={overview.data}
                extent={extent ?? rangeOf(view.extent)}
                shown={shown}
                findings={props.findings}
                onChange={range.drag}
              />
              {asTable ? (
                <LaneTable {...props} view={view} shown={shown} onChoose={setChosen} />
              ) : (
                <Swimlanes
                  {...props}
                  view={view}
                  shown={shown}
                  range={range}
                  expanded={expanded}
                  onExpand={toggle}
                  onWidth={setWidth}
                  chosen={chosen}
                  onChoose={setChosen}
                />
              )}
              {chosen && <SegmentPanel {...props} chosen={chosen} onClose={() => setChosen(undefined)} />}
            </div>
          );
        }}
      </Loaded>
    </Section>
  );
}

function isNarrow(): boolean {
  return window.matchMedia('(max-width: 760px)').matches;
}
