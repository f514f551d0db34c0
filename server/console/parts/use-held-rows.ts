import { useEffect, useState } from 'react';
import type { Finding } from '../../../shared/finding.ts';
import { SHOW_NEW_EVENT } from '../frame/shortcuts.tsx';

/** Scrolled further than this, a reader is in the middle of something. */
const SCROLLED_PX = 40;

/**
 * New rows must not move what someone reads: while they are scrolled down or on a row, rows that appear among those they know
 * wait to be asked for. Rows they know change in place, and older ones join below.
 */
export function useHeldRows<Row extends Finding>(
  findings: readonly Row[],
): {
  readonly shown: readonly Row[];
  readonly waiting: number;
  readonly showAll: () => void;
} {
  const held = useHeld();
  const [known, setKnown] = useState<ReadonlySet<string>>(() => idsOf(findings));
  const lastKnown = findings.findLastIndex(({ id }) => known.has(id));
  const shown = held ? findings.filter(({ id }, index) => known.has(id) || index > lastKnown) : findings;

  if (shown.some(({ id }) => !known.has(id))) setKnown(new Set([...known, ...idsOf(shown)]));

  const showAll = () => {
    setKnown(idsOf(findings));
    window.scrollTo({ top: 0 });
  };
  useEffect(() => {
    window.addEventListener(SHOW_NEW_EVENT, showAll);
    return () => window.removeEventListener(SHOW_NEW_EVENT, showAll);
  });
  return { shown, waiting: findings.length - shown.length, showAll };
}

function useHeld(): boolean {
  const [held, setHeld] = useState(isReading);
  useEffect(() => {
    // Focus moves in two steps, out and in; a look at the end of both sees where it went.
    const look = () => requestAnimationFrame(() => setHeld(isReading()));
    for (const name of EVENTS) window.addEventListener(name, look, { passive: true });
    return () => {
      for (const name of EVENTS) window.removeEventListener(name, look);
    };
  }, []);
  return held;
}

const EVENTS = ['scroll', 'focusin', 'focusout'] as const;

function isReading(): boolean {
  return window.scrollY > SCROLLED_PX || document.activeElement?.closest('[data-row]') != null;
}

function idsOf(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.map(({ id }) => id));
}
