import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Button } from 'react-aria-components/Button';
import type { LaneRow, Segment } from '../../../../shared/api/timeline.ts';
import { instant, millis } from '../../../../shared/time.ts';
import { segmentQuery } from '../../data/picture-queries.ts';
import { plural, SILENCE_MEANINGS } from '../../text/labels.ts';
import { LANE_LABELS, stretchText } from '../../text/timeline-text.ts';
import { Inert } from '../inert.tsx';
import { SpanList } from '../span-list.tsx';
import { Loaded, Skeleton } from '../states.tsx';
import type { TimelineProps } from './timeline-section.tsx';
import { When } from './tip.tsx';

export interface Chosen {
  readonly row: LaneRow;
  readonly segment: Segment;
}

interface PanelProps extends TimelineProps {
  readonly chosen: Chosen;
  readonly onClose: () => void;
}

/** A segment in words: what was observed, by whom, and where the evidence for it stands. */
export function SegmentPanel(props: PanelProps) {
  const { chosen, timezone, onClose } = props;
  const { row, segment } = chosen;
  const head = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another segment is another panel for who listens.
  useEffect(() => head.current?.focus({ preventScroll: true }), [segment]);
  return (
    <section
      className="segment-panel"
      aria-label="Details"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div className="segment-head">
        <h3 ref={head} tabIndex={-1}>
          <Inert text={stretchText(row, segment)} />
          <span className="section-note">{LANE_LABELS[row.lane]}</span>
        </h3>
        <Button className="button plain" onPress={onClose}>
          Close
        </Button>
      </div>
      <p className="segment-when">
        <When period={segment} timezone={timezone} />
      </p>
      <Behind {...props} />
    </section>
  );
}

function Behind({ id, chosen: { row, segment }, hostnames }: PanelProps) {
  const meaning = Object.entries(SILENCE_MEANINGS).find(([kind]) => kind === segment.note)?.[1];
  if (row.key === 'silence') return <p>{meaning ?? 'Nothing was heard of this endpoint.'}</p>;
  if (row.key === 'others')
    return <p>These had no room of their own. Zoom in, or look at the endpoint, to see them one by one.</p>;
  return <Evidence id={id} row={row} segment={segment} hostnames={hostnames} />;
}

function Evidence(props: Pick<PanelProps, 'id' | 'hostnames'> & Chosen) {
  const { id, row, segment, hostnames } = props;
  const query = useQuery(
    segmentQuery(id, {
      lane: row.lane,
      key: row.key,
      ...(row.endpoint !== null && { endpoint: row.endpoint }),
      from: segment.from,
      to: segment.from === segment.to ? instant(millis(segment.to) + 1) : segment.to,
    }),
  );
  return (
    <Loaded query={query} skeleton={<Skeleton rows={2} />}>
      {({ spans, total }) => (
        <>
          {total > spans.length && (
            <p className="faint">
              The latest {spans.length} of {plural(total, 'span')}.
            </p>
          )}
          <SpanList spans={spans} hostnames={hostnames} />
        </>
      )}
    </Loaded>
  );
}
