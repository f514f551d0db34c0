import { Button } from 'react-aria-components/Button';
import type { Lane } from '../../../../shared/api/timeline.ts';
import { visibleText } from '../../../../shared/visible-text.ts';
import { LANE_LABELS, rowText } from '../../text/timeline-text.ts';
import { Inert } from '../inert.tsx';
import { type LaidRow, type Layout, ROW_PX } from './layout.ts';

/** What each lane and row is, beside the picture, at the same heights. */
export function LaneLabels(props: {
  readonly layout: Layout;
  readonly hostnames: ReadonlyMap<string, string>;
  readonly onExpand: (lane: Lane) => void;
}) {
  const { layout, hostnames, onExpand } = props;
  return (
    <div className="lanes-labels" style={{ height: layout.height }}>
      {layout.lanes.map(({ lane, top, height, rows, hidden, expanded }) => (
        <div key={lane} className="lane-label" style={{ top, height }}>
          <div className={`lane-name lane-${lane}`}>
            <span className="lane-swatch" aria-hidden="true" />
            <span>{LANE_LABELS[lane]}</span>
            {(hidden > 0 || expanded) && (
              <Button className="lane-more" onPress={() => onExpand(lane)}>
                {expanded ? 'fewer' : `${hidden} more`}
              </Button>
            )}
          </div>
          <ul className="lane-rows">
            {rows.map((row) => (
              <RowLabel key={row.index} row={row} hostnames={hostnames} />
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function RowLabel({
  row: { row },
  hostnames,
}: {
  readonly row: LaidRow;
  readonly hostnames: ReadonlyMap<string, string>;
}) {
  const text = rowText(row);
  const host = row.endpoint === null ? undefined : (hostnames.get(row.endpoint) ?? row.endpoint);
  const title = host === undefined ? text : `${text} (${host})`;
  return (
    <li style={{ height: ROW_PX }} title={visibleText(title)}>
      <Inert text={text} />
      {hostnames.size > 1 && host !== undefined && (
        <span className="faint">
          {' '}
          <Inert text={host} />
        </span>
      )}
    </li>
  );
}
