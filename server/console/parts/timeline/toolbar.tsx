import { Button } from 'react-aria-components/Button';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import type { TimelineView } from '../../../../shared/api/timeline.ts';
import { DAY, HOUR, instant } from '../../../../shared/time.ts';
import { plural } from '../../text/labels.ts';
import { dateTime, lengthText } from '../../text/time-text.ts';
import { lengthOf, moved, rangeOf, type TimeRange, zoomed } from './range.ts';
import type { Navigation } from './use-range.ts';

const SPANS = [
  ['6 h', 6 * HOUR],
  ['1 d', DAY],
  ['1 w', 7 * DAY],
  ['1 mo', 30 * DAY],
] as const;

interface ToolbarProps {
  readonly shown: TimeRange;
  readonly view: TimelineView;
  readonly range: Navigation;
  readonly asTable: boolean;
  readonly onTable: (asTable: boolean) => void;
}

export function Toolbar({ shown, view, range, asTable, onTable }: ToolbarProps) {
  const { go } = range;
  return (
    <div className="timeline-bar">
      <p className="timeline-range" aria-live="polite">
        <strong>
          {dateTime(instant(Math.round(shown.from)))} → {dateTime(instant(Math.round(shown.to)))}
        </strong>{' '}
        <span className="faint">
          {lengthText(lengthOf(shown))}
          {view.merged && ` · ${plural(view.spans, 'span')}, those that lie close drawn as one`}
        </span>
      </p>
      <div className="timeline-tools">
        <Button
          className="button"
          aria-label="Earlier"
          onPress={() => go(moved(shown, -lengthOf(shown) / 2))}
        >
          ←
        </Button>
        <Button className="button" aria-label="Later" onPress={() => go(moved(shown, lengthOf(shown) / 2))}>
          →
        </Button>
        <Button className="button" aria-label="Zoom out" onPress={() => go(zoomed(shown, 2))}>
          −
        </Button>
        <Button className="button" aria-label="Zoom in" onPress={() => go(zoomed(shown, 0.5))}>
          +
        </Button>
        {SPANS.map(([label, length]) => (
          <Button
            key={label}
            className="button"
            aria-label={`Show ${label}`}
            onPress={() =>
              go(zoomed(shown, length / lengthOf(shown), Math.min(shown.to, Date.parse(view.now))))
            }
          >
            {label}
          </Button>
        ))}
        <Button className="button" onPress={() => go(rangeOf(view.extent))}>
          All
        </Button>
        <Button className="button" isDisabled={range.asked === null} onPress={() => go(null)}>
          Latest
        </Button>
        <ToggleButton className="button toggle" isSelected={asTable} onChange={onTable}>
          As table
        </ToggleButton>
      </div>
    </div>
  );
}
