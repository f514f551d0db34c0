import { expect, test } from 'vitest';
import type { LaneSpan } from '../../../../server/api/contractor/lanes.ts';
import { MOST_ROWS, MOST_SEGMENTS, picture } from '../../../../server/api/contractor/segments.ts';
import { DAY, HOUR, instant, MINUTE, millis } from '../../../../shared/time.ts';

const FROM = '2026-03-02T00:00:00.000Z';
const start = millis(FROM);
const frame = { from: FROM, to: instant(start + DAY), now: instant(start + 2 * DAY), width: 1_000 };

function lane(from: number, to: number | undefined, more: Partial<LaneSpan> = {}): LaneSpan {
  return {
    lane: 'tools',
    key: 'anydesk',
    endpoint: 'laptop-1',
    span: null,
    from: instant(start + from),
    ...(to !== undefined && { to: instant(start + to) }),
    ...more,
  };
}

test('spans are clipped to the range and say at which side they go on', () => {
  const { segments, spans, merged } = picture(
    [lane(-HOUR, HOUR), lane(23 * HOUR, 25 * HOUR), lane(30 * HOUR, 31 * HOUR), lane(-2 * HOUR, -HOUR)],
    frame,
  );
  expect(spans).toBe(2);
  expect(merged).toBe(false);
  expect(segments).toEqual([
    { row: 0, from: FROM, to: instant(start + HOUR), before: true },
    { row: 0, from: instant(start + 23 * HOUR), to: frame.to, after: true },
  ]);
});

test('what has no end yet goes on, until now and no further', () => {
  const now = instant(start + 5 * HOUR);
  const { segments } = picture([lane(HOUR, undefined)], { ...frame, now });
  expect(segments).toEqual([{ row: 0, from: instant(start + HOUR), to: now, after: true }]);
});

test('a moment stays a moment', () => {
  const { segments } = picture([lane(HOUR, HOUR, { lane: 'evidence', note: 'clone' })], frame);
  expect(segments).toEqual([
    { row: 0, from: instant(start + HOUR), to: instant(start + HOUR), note: 'clone' },
  ]);
});

test('many spans are merged into few segments, and no span and no minute is lost by it', () => {
  const many = Array.from({ length: 5_000 }, (_, index) => {
    const from = Math.floor((index * DAY) / 5_000);
    return lane(from, from + 5_000, { key: `tool-${index % 7}` });
  });
  const { segments, spans, merged, rows } = picture(many, frame);
  expect(merged).toBe(true);
  expect(rows).toHaveLength(7);
  expect(segments.length).toBeLessThanOrEqual(MOST_SEGMENTS);
  expect(segments.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(spans);
  const ms = segments.reduce((sum, { ms: own, from, to }) => sum + (own ?? millis(to) - millis(from)), 0);
  expect(ms).toBe(5_000 * 5_000);
});

test('merged spans count each moment once where they overlap', () => {
  const many = Array.from({ length: MOST_SEGMENTS + 1 }, () => lane(HOUR, 2 * HOUR));
  const { segments } = picture(many, frame);
  expect(segments).toEqual([
    { row: 0, from: instant(start + HOUR), to: instant(start + 2 * HOUR), count: MOST_SEGMENTS + 1 },
  ]);
});

test('things that have no room of their own share a row that says how many they are', () => {
  const many = Array.from({ length: MOST_ROWS + 10 }, (_, index) =>
    lane(index * MINUTE, index * MINUTE + MINUTE, { key: `tool-${index}` }),
  );
  const { rows, segments } = picture(many, frame);
  expect(rows).toHaveLength(MOST_ROWS);
  expect(rows.at(-1)).toMatchObject({ key: 'others', endpoint: null, things: 11 });
  expect(segments).toHaveLength(MOST_ROWS + 10);
});
