import type { ReactNode } from 'react';
import type { SpanView } from '../../../shared/api.ts';
import { millis, SECOND } from '../../../shared/time.ts';
import { factText } from '../text/fact-text.ts';
import { dateTime, dayText, fullTime, shortTime } from '../text/time-text.ts';
import { Inert } from './inert.tsx';
import { EndpointLink } from './names.tsx';
import { Length } from './time.tsx';

interface SpansProps {
  readonly spans: readonly SpanView[];
  /** By endpoint id; where it is missing, rows do not say whose they are. */
  readonly hostnames?: ReadonlyMap<string, string>;
}

/** Spans as lines: when, what, and where the evidence for it stands. */
export function SpanList({
  spans,
  hostnames,
  time = dateTime,
}: SpansProps & { readonly time?: (at: string) => string }) {
  return (
    <ol className="spans">
      {spans.map((span) => (
        <li key={span.id}>
          <When span={span} time={time} />
          <div className="span-what">
            <Inert text={factText(span.fact)} />
            <span className="span-evidence">
              {hostnames && (
                <EndpointLink id={span.endpoint} hostname={hostnames.get(span.endpoint) ?? span.endpoint} />
              )}
              <Stands span={span} />
            </span>
          </div>
        </li>
      ))}
    </ol>
  );
}

/** The same, under a heading for each day. */
export function SpanDays({ spans, ...rest }: SpansProps) {
  const days = Object.entries(Object.groupBy(spans, ({ from }) => dayText(from)));
  return days.map(([day, ofDay]) => (
    <div key={day} className="day">
      <h3>{day}</h3>
      <SpanList spans={ofDay ?? []} time={shortTime} {...rest} />
    </div>
  ));
}

function When({ span, time }: { readonly span: SpanView; readonly time: (at: string) => string }) {
  const { from, to } = span;
  return (
    <div className="span-when">
      <time dateTime={from} title={fullTime(from)}>
        {time(from)}
      </time>
      {to !== from && (
        <span className={to === null ? 'ongoing' : 'faint'}>
          {to === null && 'ongoing '}
          <Length from={from} to={to} />
        </span>
      )}
    </div>
  );
}

/** Who says so, and the place in the sealed evidence at which it can be checked. */
function Stands({ span }: { readonly span: SpanView }): ReactNode {
  const { source, evidence, fromRaw } = span;
  return (
    <>
      <span className="source">{source === 'agent' ? 'agent claimed' : 'collector seen'}</span>
      {evidence && (
        <span className="mono" title={`Epoch ${evidence.epoch}, observation ${evidence.seq}`}>
          {evidence.epoch.slice(0, 8)} #{evidence.seq}
        </span>
      )}
      {fromRaw !== undefined && clockDiffers(span, fromRaw) && (
        <span title="The agent's own, uncorrected time">its clock said {fullTime(fromRaw)}</span>
      )}
    </>
  );
}

/** Below this, a difference between clocks is ordinary. */
const ORDINARY_MS = 5 * SECOND;

/** Hours of activity and sleep begin at a time that the fact itself names, so the time of the note says nothing of the clock. */
function clockDiffers({ kind, from }: SpanView, raw: string): boolean {
  if (kind === 'activity' || kind === 'suspend') return false;
  return Math.abs(millis(raw) - millis(from)) >= ORDINARY_MS;
}
