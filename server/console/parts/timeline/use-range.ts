import { useEffect, useRef, useState } from 'react';
import type { TimelineView } from '../../../../shared/api/timeline.ts';
import { useParams } from '../use-params.ts';
import { addressOf, fromAddress, rangeOf, type TimeRange, within } from './range.ts';

/** A gesture is over when nothing moved for so long; then the address says where it led. */
const SETTLED_MS = 180;

export interface Navigation {
  /** What is shown; undefined until the first answer says what there is. */
  readonly range: TimeRange | undefined;
  /** What the address says; null for the latest two weeks. */
  readonly asked: TimeRange | null;
  /** At once, in the address. */
  readonly go: (to: TimeRange | null) => void;
  /** Part of a gesture. */
  readonly drag: (to: TimeRange) => void;
}

/** The range in view: from the address, or as the collector chose it. */
export function useRange(view: TimelineView | undefined): Navigation {
  const { params, changeAll } = useRangeParams();
  const asked = askedRange(params);
  const [draft, setDraft] = useState<TimeRange>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const bounded = (to: TimeRange) => (view ? within(to, rangeOf(view.extent)) : to);
  const go = (to: TimeRange | null) => {
    clearTimeout(timer.current);
    setDraft(undefined);
    changeAll(to && bounded(to));
  };
  return {
    range: draft ?? asked ?? (view && rangeOf(view)),
    asked,
    go,
    drag: (to) => {
      const next = bounded(to);
      setDraft(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => go(next), SETTLED_MS);
    },
  };
}

function askedRange(params: URLSearchParams): TimeRange | null {
  const from = fromAddress(params.get('from'));
  const to = fromAddress(params.get('to'));
  return from !== undefined && to !== undefined && from < to ? { from, to } : null;
}

function useRangeParams() {
  const { params, changeSeveral } = useParams();
  const changeAll = (to: TimeRange | null) =>
    changeSeveral({ from: to && addressOf(to.from), to: to && addressOf(to.to) });
  return { params, changeAll };
}
