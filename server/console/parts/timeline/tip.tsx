import type { Segment, TimelineView, Uncovered } from '../../../../shared/api/timeline.ts';
import { millis } from '../../../../shared/time.ts';
import { plural } from '../../text/labels.ts';
import { dateTime, lengthText, sameAsReader } from '../../text/time-text.ts';
import { LANE_LABELS, stretchText, UNCOVERED_LABELS } from '../../text/timeline-text.ts';
import { Inert } from '../inert.tsx';

export interface Tipped {
  readonly x: number;
  readonly y: number;
  readonly segment?: Segment | undefined;
  readonly uncovered?: Uncovered | undefined;
}

/** What is under the pointer, or where the keyboard is, in words. */
export function Tip(props: {
  readonly tip: Tipped;
  readonly view: TimelineView;
  readonly width: number;
  readonly timezone: string | undefined;
  readonly hostnames: ReadonlyMap<string, string>;
}) {
  const { tip, view, width, timezone, hostnames } = props;
  const { segment, uncovered } = tip;
  const row = segment && view.rows[segment.row];
  const side = tip.x > width / 2 ? { right: width - tip.x + 12 } : { left: tip.x + 12 };
  return (
    <div className="tooltip lanes-tip" role="status" style={{ ...side, top: tip.y + 14 }}>
      {row && (
        <>
          <strong>
            <Inert text={stretchText(row, segment)} />
          </strong>
          <span className="faint">
            {LANE_LABELS[row.lane]}
            {row.endpoint !== null && (
              <>
                {' · '}
                <Inert text={hostnames.get(row.endpoint) ?? row.endpoint} />
              </>
            )}
          </span>
          <When period={segment} timezone={timezone} />
          {segment.count !== undefined && (
            <span>
              {plural(segment.count, 'span')}, {lengthText(coveredOf(segment))} together
            </span>
          )}
        </>
      )}
      {uncovered && (
        <>
          <strong>Not covered</strong>
          <span>
            {LANE_LABELS[uncovered.lane]}: {uncovered.why.map((why) => UNCOVERED_LABELS[why]).join('; ')}
          </span>
          <When period={uncovered} timezone={timezone} />
        </>
      )}
    </div>
  );
}

export function coveredOf({ ms, from, to }: Segment): number {
  return ms ?? millis(to) - millis(from);
}

type Stretch = Pick<Segment, 'from' | 'to' | 'before' | 'after'>;

export function When({
  period,
  timezone,
}: {
  readonly period: Stretch;
  readonly timezone: string | undefined;
}) {
  const { from, to } = period;
  return (
    <>
      <span>{periodText(period)}</span>
      {timezone !== undefined && !sameAsReader(timezone, from) && (
        <span className="faint">
          theirs: {dateTime(from, timezone)} → {dateTime(to, timezone)}
        </span>
      )}
    </>
  );
}

function periodText({ from, to, before, after }: Stretch): string {
  if (from === to) return dateTime(from);
  const start = before ? `before ${dateTime(from)}` : dateTime(from);
  const end = after ? 'goes on' : dateTime(to);
  return `${start} → ${end} · ${lengthText(millis(to) - millis(from))}`;
}
