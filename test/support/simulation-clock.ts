import { type Instant, instant, millis } from '../../shared/time.ts';

/** A clock that stands where the story is, and runs with the real one once the story is told. */
export interface SimulationClock {
  now(): number;
  /** Moves to a moment of the story; never back. */
  moveTo(at: Instant): void;
  /** From here on the clock runs. */
  release(): void;
}

export function simulationClock(start: Instant): SimulationClock {
  let stands = millis(start);
  let releasedAt: number | undefined;
  return {
    now: () => (releasedAt === undefined ? stands : stands + (Date.now() - releasedAt)),
    moveTo: (at) => {
      stands = Math.max(stands, millis(at));
    },
    release: () => {
      releasedAt = Date.now();
    },
  };
}

/** Adds whole days, so that hours of the day stay what they were. */
export function shifted(at: Instant, days: number): Instant {
  return instant(millis(at) + days * 86_400_000);
}
