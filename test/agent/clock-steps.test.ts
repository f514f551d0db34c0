import { expect, test } from 'vitest';
import { clockSteps } from '../../agent/clock-steps.ts';
import { DAY, HOUR, instant, SECOND } from '../../shared/time.ts';

function clocks() {
  const time = { wall: Date.UTC(2026, 2, 2, 14), boot: 5_000 };
  const look = clockSteps({ now: () => instant(time.wall), sinceBoot: () => time.boot });
  return {
    time,
    look: () => look().map(({ fact, at }) => ('byMs' in fact ? [fact.byMs, at] : [])),
    pass(ms: number) {
      time.wall += ms;
      time.boot += ms;
    },
  };
}

test('a clock that is set a day forward and back is told each time, once, with the new time', () => {
  const { time, look, pass } = clocks();
  pass(HOUR);
  expect(look()).toEqual([]);
  time.wall += DAY;
  expect(look()).toEqual([[DAY, '2026-03-03T15:00:00.000Z']]);
  expect(look()).toEqual([]);
  time.wall -= DAY;
  pass(SECOND);
  expect(look()).toEqual([[-DAY, '2026-03-02T15:00:01.000Z']]);
});

test('a night of sleep, which both clocks count, and small corrections are no steps', () => {
  const { time, look, pass } = clocks();
  pass(14 * HOUR);
  time.wall += 3 * SECOND;
  expect(look()).toEqual([]);
  time.wall -= 3 * SECOND;
  expect(look()).toEqual([]);
});

test('many small steps in one direction are one in the end', () => {
  const { time, look } = clocks();
  const told = Array.from({ length: 5 }, () => {
    time.wall += 4 * SECOND;
    return look();
  });
  expect(told.flat()).toEqual([[12 * SECOND, expect.any(String)]]);
});
