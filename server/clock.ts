/** Milliseconds since 1970. Everything in the collector asks this one, so that a simulation can live in its own time. */
export type Clock = () => number;
