import { expect, test } from 'vitest';
import { dueTimes } from '../../../server/audit/due-times.ts';
import { periodBefore } from '../../../server/audit/schedule-period.ts';
import { cronWords } from '../../../shared/cron-words.ts';

const BERLIN = 'Europe/Berlin';

test('a time that the clocks leap over is due right after the leap, and one that comes twice is due once', () => {
  const nightly = dueTimes({ cron: '30 2 * * *', timezone: BERLIN });
  expect(nightly.few('2026-03-28T12:00:00.000Z', 2)).toEqual([
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ]);
  expect(nightly.few('2026-10-24T12:00:00.000Z', 2)).toEqual([
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ]);
});

test('what repeats within the hour goes by real time on both days that clocks are set', () => {
  const halfHourly = dueTimes({ cron: '*/30 * * * *', timezone: BERLIN });
  for (const night of ['2026-03-29T00:10:00.000Z', '2026-10-25T00:10:00.000Z'])
    expect(spacings(halfHourly.few(night, 5))).toEqual([30, 30, 30, 30]);
});

test('looking back finds the same due times as looking ahead, across both changes of the clocks', () => {
  for (const cron of ['30 2 * * *', '*/30 1-3 * * *', '0 6 L * *', '15 2 * * SUN'])
    for (const first of ['2026-03-25T00:00:00.000Z', '2026-10-20T00:00:00.000Z']) {
      const times = dueTimes({ cron, timezone: BERLIN });
      const ahead = times.few(first, 12);
      const [begin = '', end = ''] = [ahead[0], ahead.at(-1)];
      expect(times.through(end, begin, 50), cron).toEqual({ due: ahead, leftOut: undefined });
    }
});

test('of many missed due times the latest are kept, and the rest is counted or said to be more', () => {
  const minutely = dueTimes({ cron: '* * * * *', timezone: 'UTC' });
  const { due, leftOut } = minutely.through('2026-03-02T02:00:00.000Z', '2026-03-02T00:01:00.000Z', 50);
  expect([due.length, due[0], due.at(-1)]).toEqual([
    50,
    '2026-03-02T01:11:00.000Z',
    '2026-03-02T02:00:00.000Z',
  ]);
  expect(leftOut).toEqual({
    ...{ first: '2026-03-02T00:01:00.000Z', through: '2026-03-02T01:10:00.000Z', count: 70, orMore: false },
  });
  const year = minutely.through('2027-03-02T02:00:00.000Z', '2026-03-02T00:01:00.000Z', 50);
  expect(year.leftOut).toMatchObject({ count: 1_000, orMore: true, through: '2027-03-02T01:10:00.000Z' });
});

test('expressions that are wrong, have seconds or move with the moment are refused in words', () => {
  for (const cron of ['0 6 * *', '61 * * * *', '0 0 6 * * *', '? 6 * * *', 'every day at six'])
    expect(() => dueTimes({ cron, timezone: 'UTC' }), cron).toThrow(/^SCHEDULE_INVALID/);
  expect(dueTimes({ cron: '0 0 31 2 *', timezone: 'UTC' }).next('2026-03-02T00:00:00.000Z')).toBeNull();
});

test('periods are whole days, weeks, months and quarters of the zone, and each begins where the one before ends', () => {
  expect(periodBefore('day', '2026-03-30T04:00:00.000Z', BERLIN)).toEqual({
    from: '2026-03-28T23:00:00.000Z',
    to: '2026-03-29T22:00:00.000Z',
  });
  expect(periodBefore('week', '2026-03-04T04:00:00.000Z', 'UTC')).toEqual({
    from: '2026-02-23T00:00:00.000Z',
    to: '2026-03-02T00:00:00.000Z',
  });
  expect(periodBefore('quarter', '2026-01-01T04:00:00.000Z', 'America/Chicago')).toEqual({
    from: '2025-07-01T05:00:00.000Z',
    to: '2025-10-01T05:00:00.000Z',
  });
  for (const zone of [BERLIN, 'America/Chicago', 'Africa/Cairo', 'America/Havana', 'Asia/Kathmandu', 'UTC'])
    for (const [period, cron] of [
      ['day', '0 6 * * *'],
      ['month', '0 6 1 * *'],
    ] as const) {
      const times = dueTimes({ cron, timezone: zone }).few(
        '2025-12-31T00:00:00.000Z',
        period === 'day' ? 400 : 24,
      );
      const periods = times.map((due) => periodBefore(period, due, zone));
      expect(periods.slice(1).map(({ from }) => from)).toEqual(periods.slice(0, -1).map(({ to }) => to));
    }
});

test('a cron expression is told in words', () => {
  expect(
    [
      '0 6 1 * *',
      '* * * * *',
      '*/15 * * * *',
      '0 */6 * * *',
      '30 2 * * MON-FRI',
      '0 6 1 1,4,7,10 *',
      '0 6 L * *',
      '0 9 * * 1#1',
      '0 * * * *',
      '5 * * * *',
      '@daily',
    ].map(cronWords),
  ).toEqual([
    'At 06:00 on day 1 of the month',
    'Every minute',
    'Every 15 minutes',
    'At minute 0 of every 6th hour',
    'At 02:30 on Monday to Friday',
    'At 06:00 on day 1 of the month in January, April, July and October',
    'At 06:00 on the last day of the month',
    'At 09:00 on the 1st Monday of the month',
    'Every hour',
    'At minute 5 of every hour',
    'At 00:00',
  ]);
});

function spacings(times: readonly string[]): readonly number[] {
  return times.slice(1).map((each, index) => (Date.parse(each) - Date.parse(times[index] ?? '')) / 60_000);
}
