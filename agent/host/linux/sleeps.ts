import { CodedError } from '../../../shared/errors.ts';
import { type Instant, instant, millis } from '../../../shared/time.ts';
import type { Sleep } from '../host.ts';
import type { Files } from './files.ts';

/** /proc/uptime is cut to hundredths, and the two clocks are read one after the other. */
const SHORTEST_MS = 2_000;
const MAX_SLEEPS = 100;

export interface SleepOptions {
  readonly files: Files;
  now(): Instant;
  /** A clock that stands still while the machine sleeps. */
  mono(): number;
}

/**
 * /proc/uptime counts on while the machine sleeps and CLOCK_MONOTONIC does not; what they drifted apart since the last look was
 * slept. When exactly between the two looks cannot be known: it is told as having ended now.
 */
export function sleepReader({ files, now, mono }: SleepOptions): () => Promise<readonly Sleep[]> {
  let apart: number | undefined;
  const slept: Sleep[] = [];
  return async () => {
    const [, seconds] = /^(\d+\.\d+) /.exec((await files.text('/proc/uptime')) ?? '') ?? [];
    if (seconds === undefined) throw new CodedError('PROBE_UNSUPPORTED', { path: '/proc/uptime' });
    const before = apart;
    apart = Number(seconds) * 1_000 - mono();
    const length = before === undefined ? 0 : apart - before;
    if (length >= SHORTEST_MS) {
      const until = now();
      slept.push({ from: instant(millis(until) - Math.round(length)), until });
      if (slept.length > MAX_SLEEPS) slept.shift();
    }
    return [...slept];
  };
}
