import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DAY,
  HOUR,
  instant,
  instantSchema,
  isTimezone,
  millis,
  utcOffsetMinutes,
} from '../../shared/time.ts';

const moments = fc.integer({ min: 0, max: Date.UTC(2100, 0) });

test('an instant and its milliseconds are the same moment', () => {
  fc.assert(
    fc.property(moments, (moment) => {
      expect(millis(instant(moment))).toBe(moment);
    }),
  );
});

test('milliseconds are those of the platform, in every year and for what is no instant too', () => {
  const years = fc.integer({ min: Date.UTC(0, 0) - 1_900 * 365.25 * DAY, max: Date.UTC(10_000, 0) - 1 });
  fc.assert(
    fc.property(years, (moment) => {
      expect(millis(instant(moment))).toBe(moment);
      expect(instant(moment)).toBe(new Date(moment).toISOString());
    }),
  );
  expect(() => instant(Number.NaN)).toThrow(RangeError);
  expect(() => instant(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  expect(() => instant(8.65e15)).toThrow(RangeError);
  expect(instant(1.5)).toBe('1970-01-01T00:00:00.001Z');
  const bent = fc.tuple(moments, fc.nat(23), fc.constantFrom('0', '1', '3', '9', 'x', '-', ' ', '+'));
  fc.assert(
    fc.property(bent, ([moment, at, letter]) => {
      const text = instant(moment);
      const other = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
      if (instantSchema.safeParse(other).success) expect(millis(other)).toBe(Date.parse(other));
      expect(Number.isNaN(millis(`x${other.slice(1)}`))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('text order of instants is time order', () => {
  fc.assert(
    fc.property(moments, moments, (a, b) => {
      expect(instant(a) < instant(b)).toBe(a < b);
    }),
  );
});

test.for([
  '2026-03-02T14:00:00Z',
  '2026-03-02T14:00:00.000+01:00',
  '2026-03-02 14:00:00.000Z',
  '2026-13-02T14:00:00.000Z',
  '2026-03-02T25:00:00.000Z',
  '+12026-03-02T14:00:00.000Z',
  '',
])('%o is no instant', (text) => {
  expect(instantSchema.safeParse(text).success).toBe(false);
});

test('an instant is UTC with milliseconds', () => {
  expect(instantSchema.parse('2026-03-02T14:00:00.000Z')).toBe('2026-03-02T14:00:00.000Z');
});

test.for([
  ['America/Chicago', '2026-03-08T07:59:59.999Z', -360],
  ['America/Chicago', '2026-03-08T08:00:00.000Z', -300],
  ['America/Chicago', '2026-11-01T06:59:59.999Z', -300],
  ['America/Chicago', '2026-11-01T07:00:00.000Z', -360],
  ['Asia/Kathmandu', '2026-06-01T00:00:00.000Z', 345],
  ['Pacific/Kiritimati', '2026-12-31T23:59:59.999Z', 840],
  ['Pacific/Pago_Pago', '2026-01-01T00:00:00.000Z', -660],
  ['UTC', '2026-01-01T00:00:00.000Z', 0],
] as const)('%s at %s is %i minutes east of UTC', ([timezone, at, minutes]) => {
  expect(utcOffsetMinutes(timezone, at)).toBe(minutes);
});

test('a zone without daylight saving keeps one offset all year', () => {
  const year = Array.from({ length: 365 }, (_, day) => instant(Date.UTC(2026, 0, 1) + day * DAY + 3 * HOUR));
  expect(new Set(year.map((at) => utcOffsetMinutes('Asia/Seoul', at)))).toEqual(new Set([540]));
});

test('a zone that nobody keeps is told from one that is kept', () => {
  expect(isTimezone('Europe/Berlin')).toBe(true);
  expect(isTimezone('Europe/Atlantis')).toBe(false);
  expect(() => utcOffsetMinutes('Europe/Atlantis', '2026-01-01T00:00:00.000Z')).toThrow(RangeError);
});
