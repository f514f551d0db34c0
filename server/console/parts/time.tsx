import { useSyncExternalStore } from 'react';
import { type Instant, instant, MINUTE, millis, SECOND } from '../../../shared/time.ts';
import {
  agoText,
  dateText,
  dateTime,
  fullTime,
  lengthText,
  sameAsReader,
  shortTime,
} from '../text/time-text.ts';

/** The wall clock, read anew every few seconds by whoever shows how long ago something was. */
export function useNow(everyMs = 5 * SECOND): number {
  return useSyncExternalStore(onTick, () => Math.floor(Date.now() / everyMs) * everyMs);
}

/** `12 min ago`, the full time on hover. */
export function Ago({ at }: { readonly at: Instant | null }) {
  const now = useNow();
  if (at === null) return <span className="faint">never</span>;
  return (
    <time dateTime={at} title={fullTime(at)}>
      {agoText(at, now)}
    </time>
  );
}

/** When somebody was last seen; `now` for who is there. */
export function Seen({ at, online }: { readonly at: Instant | null; readonly online: boolean }) {
  return online ? <span>now</span> : <Ago at={at} />;
}

export function At({ at }: { readonly at: Instant }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {dateTime(at)}
    </time>
  );
}

/** `ongoing` or `ended 14:03`; the day alone where that is longer ago than twelve hours. */
export function EndText({ to }: { readonly to: Instant | null }) {
  const now = useNow(MINUTE);
  if (to === null) return <span className="ongoing">ongoing</span>;
  const recent = now - millis(to) < 12 * 60 * MINUTE;
  return (
    <time dateTime={to} title={fullTime(to)} className="faint">
      ended {recent ? shortTime(to) : dateText(to)}
    </time>
  );
}

/** How long something went on, or has been going on. */
export function Length({ from, to }: { readonly from: Instant; readonly to: Instant | null }) {
  const now = useNow();
  const end = to ?? instant(Math.max(now, millis(from)));
  return <span>{lengthText(millis(end) - millis(from))}</span>;
}

/** From … to …, in full, for the head of a page. */
export function Range({ from, to }: { readonly from: Instant; readonly to: Instant | null }) {
  return (
    <span className="range">
      <At at={from} /> → {to === null ? <span className="ongoing">ongoing</span> : <At at={to} />}
    </span>
  );
}

/** The same moments on the contractor's clock; nothing where that shows what the reader's shows. */
export function TheirRange(props: {
  readonly from: Instant;
  readonly to: Instant | null;
  readonly timezone: string | undefined;
}) {
  const { from, to, timezone } = props;
  if (timezone === undefined || sameAsReader(timezone, from)) return null;
  const end = to === null ? 'ongoing' : dateTime(to, timezone);
  return (
    <span className="faint">
      {dateTime(from, timezone)} → {end} in {timezone}
    </span>
  );
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function onTick(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, SECOND);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
