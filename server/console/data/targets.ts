import { useEffect } from 'react';
import type { Target } from './use-triage.ts';

/** Tells the keyboard and the palette what the page in view would have them act on: the page asked last counts. */
export function useTargets(targets: () => readonly Target[]): void {
  useEffect(() => {
    asked.push(targets);
    return () => {
      asked.splice(asked.indexOf(targets), 1);
    };
  }, [targets]);
}

export function currentTargets(): readonly Target[] {
  return asked.at(-1)?.() ?? [];
}

const asked: (() => readonly Target[])[] = [];
