import { instant } from '../../../../shared/time.ts';
import { sameAsReader } from '../../text/time-text.ts';
import { lengthOf, type TimeRange } from './range.ts';
import { ticksOf } from './ticks.ts';

const LINE_PX = 18;

/** Time on both clocks, the reader's and the contractor's, each with its own round moments. */
export function Axis(props: {
  readonly shown: TimeRange;
  readonly width: number;
  readonly timezone: string | undefined;
}) {
  const { shown, width, timezone } = props;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const theirs =
    timezone !== undefined && !sameAsReader(timezone, instant(Math.round(shown.from))) ? timezone : undefined;
  const zones = theirs === undefined ? [own] : [own, theirs];
  return (
    <>
      <div className="axis-labels">
        {zones.map((zone, line) => (
          <span key={zone} style={{ height: LINE_PX }} title={zone}>
            {line === 0 ? 'Yours' : 'Theirs'} <span className="faint">{zone.replaceAll('_', ' ')}</span>
          </span>
        ))}
      </div>
      <svg className="axis" width={width} height={LINE_PX * zones.length + 2} aria-hidden="true">
        {zones.flatMap((zone, line) =>
          ticksOf(shown, width, zone).map(({ at, label, day }) => {
            const x = ((at - shown.from) / lengthOf(shown)) * width;
            return (
              <g key={`${zone} ${at}`} className={day ? 'tick tick-day' : 'tick'}>
                <line x1={x} x2={x} y1={line * LINE_PX + 3} y2={line * LINE_PX + LINE_PX} />
                <text x={x + 4} y={line * LINE_PX + 14}>
                  {label}
                </text>
              </g>
            );
          }),
        )}
      </svg>
    </>
  );
}
