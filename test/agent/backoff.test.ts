import fc from 'fast-check';
import { expect, test } from 'vitest';
import { delayMs, isFinal } from '../../agent/backoff.ts';

const most = () => 0.999_999;
const least = () => 0;

test('the first retry comes within half a second and the later ones within a minute', () => {
  expect(delayMs({}, 0, most)).toBeCloseTo(500, 0);
  expect(delayMs({}, 3, most)).toBeCloseTo(4_000, 0);
  expect(delayMs({}, 1_000, most)).toBeCloseTo(60_000, -1);
  expect(delayMs({}, 1_000, least)).toBe(0);
});

test('never comes before the time that the collector asks for, and not in step with others', () => {
  expect(delayMs({ bye: 'OVERLOADED', retryAfterMs: 5_000 }, 0, least)).toBe(5_000);
  expect(delayMs({ bye: 'OVERLOADED', retryAfterMs: 5_000 }, 0, most)).toBeGreaterThan(5_000);
});

test('asks about once an hour where only a person can help', () => {
  for (const bye of ['ENDPOINT_REVOKED', 'ENDPOINT_UNKNOWN', 'SIGNATURE_INVALID', 'BATCH_INVALID']) {
    expect(delayMs({ bye }, 0, least)).toBe(54 * 60_000);
    expect(isFinal(bye)).toBe(true);
  }
});

test('leaves the field for a while to the connection that replaced it', () => {
  expect(delayMs({ bye: 'CONNECTION_REPLACED' }, 0, least)).toBe(30_000);
});

test('tries again soon with a new epoch, and after codes of the future', () => {
  for (const bye of ['CHAIN_BREAK', 'EPOCH_CLOSED', 'ENDPOINT_CLONED', 'NOT_YET_INVENTED', 'SHUTTING_DOWN']) {
    expect(delayMs({ bye }, 0, most)).toBeLessThan(501);
  }
});

test('any wait is spread evenly over its whole range, which doubles up to a minute and begins where the collector says', () => {
  const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(
      fc.nat(1_000),
      fc.option(fc.nat(86_400_000), { nil: undefined }),
      unit,
      (failures, after, drawn) => {
        const ending = after === undefined ? {} : { bye: 'OVERLOADED', retryAfterMs: after };
        const ceiling = Math.min(60_000, 500 * 2 ** failures);
        expect(delayMs(ending, failures, () => drawn)).toBeCloseTo((after ?? 0) + drawn * ceiling, 3);
      },
    ),
  );
});
