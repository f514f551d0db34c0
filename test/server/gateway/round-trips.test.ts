import { expect, test } from 'vitest';
import { roundTrips } from '../../../server/gateway/round-trips.ts';
import { HOUR, MINUTE, millis } from '../../../shared/time.ts';

const HOUR_START = '2026-03-02T14:00:00.000Z';

function measured({ handshakeMs }: { readonly handshakeMs?: number } = {}) {
  const world = { now: millis(HOUR_START) + MINUTE, ms: 0 };
  const trips = roundTrips({ clock: () => world.now, stopwatch: () => world.ms, handshakeMs });
  return {
    ...trips,
    world,
    answered(ms: number) {
      const payload = trips.ping();
      world.ms += ms;
      trips.pong(payload);
    },
  };
}

test('an hour is told when it is over, once, by its least, its median and its count', () => {
  const trips = measured({ handshakeMs: 41.2345 });
  for (const ms of [30, 21.5, 24, 25]) trips.answered(ms);
  expect(trips.take('hour')).toBeUndefined();
  trips.world.now += HOUR;
  expect(trips.take('hour')).toEqual({
    kind: 'latency',
    hour: HOUR_START,
    minMs: 21.5,
    medianMs: 24.5,
    count: 4,
    handshakeMs: 41.23,
  });
  expect(trips.take('hour')).toBeUndefined();
});

test('the end of a connection tells what the hour has so far', () => {
  const trips = measured();
  expect(trips.take('end')).toBeUndefined();
  trips.answered(12);
  expect(trips.take('end')).toMatchObject({ hour: HOUR_START, minMs: 12, medianMs: 12, count: 1 });
});

test('nobody can answer a ping before it came, nor twice', () => {
  const trips = measured();
  trips.pong(Buffer.alloc(8));
  const payload = trips.ping();
  trips.pong(Buffer.from('guessed!'));
  expect(trips.take('end')).toBeUndefined();
  trips.world.ms += 9;
  trips.pong(payload);
  trips.pong(payload);
  expect(trips.take('end')).toMatchObject({ minMs: 9, count: 1 });
});

test('a long connection keeps a fixed number of round trips, and the least of all of them', () => {
  const trips = measured();
  trips.answered(1);
  for (let index = 0; index < 1_000; index++) trips.answered(50);
  expect(trips.take('end')).toMatchObject({ minMs: 1, medianMs: 50, count: 1_001 });
});
