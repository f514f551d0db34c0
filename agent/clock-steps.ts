import type { TimedChange } from '../shared/observation.ts';
import { type Instant, millis, SECOND } from '../shared/time.ts';

/** Corrections by a time server and the clocks' own drift stay below; whoever moves working hours does not. */
const LEAST_MS = 10 * SECOND;

export interface Clocks {
  now(): Instant;
  /** Milliseconds since the boot on a clock that nobody sets and that goes on while the machine sleeps. */
  sinceBoot(): number;
}

/** Tells of the wall clock having been set since the last look, also by many small steps. A sleep moves both clocks alike. */
export function clockSteps({ now, sinceBoot }: Clocks): () => readonly TimedChange[] {
  const apart = (at: Instant): number => millis(at) - sinceBoot();
  let before = apart(now());
  return () => {
    const at = now();
    const byMs = Math.round(apart(at) - before);
    if (Math.abs(byMs) < LEAST_MS) return [];
    before += byMs;
    return [{ change: 'noted', fact: { kind: 'disruption', cause: 'clock-step', byMs }, at }];
  };
}
