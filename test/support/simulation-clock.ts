import { DAY, type Instant, instant, millis } from '../../shared/time.ts';

/** A clock that stands where the story is, and runs with the real one once the story is told. */
export interface SimulationClock {
  now(): number;
  /** Moves to a moment of the story; never back. */
  moveTo(at: Instant): void;
  /** Jumps to the present; from here on the clock runs. */
  release(): void;
}

export function simulationClock(start: Instant): SimulationClock {
  let stands: number | undefined = millis(start);
  return {
    now: () => stands ?? Date.now(),
    moveTo: (at) => {
      if (stands !== undefined) stands = Math.max(stands, millis(at));
    },
    release: () => {
      stands = undefined;
    },
  };
}

const INSTANTS = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g;

/**
 * Moves stories by a whole number of days, all by the same, so that the last moment they mention lies within the day before
 * `now`. Hours of the day stay what they were; days of the week move with them.
 */
export function endingAt(stories: readonly string[], now: number): readonly string[] {
  const moments = stories.flatMap((story) => story.match(INSTANTS) ?? []).map(millis);
  const last = moments.reduce((latest, moment) => Math.max(latest, moment), Number.NEGATIVE_INFINITY);
  const shift = Math.floor((now - last) / DAY) * DAY;
  return stories.map((story) => story.replace(INSTANTS, (moment) => instant(millis(moment) + shift)));
}
