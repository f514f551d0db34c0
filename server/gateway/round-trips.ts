import { randomBytes } from 'node:crypto';
import type { FactOf } from '../../shared/facts.ts';
import { HOUR, instant } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';

/** How long one connection's pings take, by the hour. It keeps a fixed number of them: one ping every 30 s fills an hour. */
export interface RoundTrips {
  /** What to ping with. It is random, so that nobody can answer before it arrived; the answer may only be late. */
  ping(): Buffer;
  pong(payload: Buffer): void;
  /** What was measured in an hour that is over, or in any when the connection ends. */
  take(when: 'hour' | 'end'): FactOf<'latency'> | undefined;
}

const SAMPLE = 128;
/** It grows with what is measured: most of a fleet that has just come back has measured once. */
const FIRST = 4;

export function roundTrips({
  clock,
  stopwatch = () => performance.now(),
  handshakeMs,
}: {
  readonly clock: Clock;
  readonly stopwatch?: () => number;
  /** Of TLS, where it was seen. */
  readonly handshakeMs?: number | undefined;
}): RoundTrips {
  let sample: Float32Array | undefined;
  let pending: { readonly payload: Buffer; readonly at: number } | undefined;
  let hour = hourOf(clock());
  let count = 0;
  let minMs = Number.POSITIVE_INFINITY;

  return {
    ping() {
      pending = { payload: randomBytes(8), at: stopwatch() };
      return pending.payload;
    },
    pong(payload) {
      if (!pending?.payload.equals(payload)) return;
      const ms = stopwatch() - pending.at;
      pending = undefined;
      if (count === 0) hour = hourOf(clock());
      sample ??= new Float32Array(FIRST);
      if (count === sample.length && count < SAMPLE) sample = grown(sample);
      sample[count % sample.length] = ms;
      count += 1;
      minMs = Math.min(minMs, ms);
    },
    take(when) {
      if (!sample || count === 0 || (when === 'hour' && hourOf(clock()) <= hour)) return undefined;
      const fact = {
        kind: 'latency',
        hour: instant(hour),
        minMs: rounded(minMs),
        medianMs: rounded(medianOf(sample.subarray(0, Math.min(count, sample.length)))),
        count,
        ...(handshakeMs === undefined ? {} : { handshakeMs: rounded(handshakeMs) }),
      } as const;
      count = 0;
      minMs = Number.POSITIVE_INFINITY;
      return fact;
    },
  };
}

function hourOf(ms: number): number {
  return Math.floor(ms / HOUR) * HOUR;
}

function grown(sample: Float32Array): Float32Array {
  const larger = new Float32Array(sample.length * 2);
  larger.set(sample);
  return larger;
}

function medianOf(values: Float32Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return (low + high) / 2;
}

/** A hundredth of a millisecond is a kilometer. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
