import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { countrySchema, distanceKm, farthestKm, isWithinReach, leastDistanceKm } from '../../shared/geo.ts';

const point = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
});
const HALF_ROUND_KM = 20_015.2;

test('Chicago and Warsaw are 7,520 km apart', () => {
  expect(distanceKm({ lat: 41.88, lon: -87.63 }, { lat: 52.23, lon: 21.01 })).toBeCloseTo(7_520, -1.5);
});

test('a degree of longitude at the equator is 111.2 km, also across the date line', () => {
  expect(distanceKm({ lat: 0, lon: 0 }, { lat: 0, lon: 1 })).toBeCloseTo(111.2, 1);
  expect(distanceKm({ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 })).toBeCloseTo(111.2, 1);
});

test('a distance is the same both ways and never more than half around the Earth', () => {
  fc.assert(
    fc.property(point, point, (a, b) => {
      const there = distanceKm(a, b);
      expect(there).toBeCloseTo(distanceKm(b, a), 6);
      expect(there).toBeGreaterThanOrEqual(0);
      expect(there).toBeLessThanOrEqual(HALF_ROUND_KM);
    }),
  );
});

test('opposite points are half around the Earth apart', () => {
  expect(distanceKm({ lat: 90, lon: 0 }, { lat: -90, lon: 0 })).toBeCloseTo(20_015.1, 1);
});

test('the least distance of two circles leaves out both radii', () => {
  const here = { lat: 0, lon: 0, radiusKm: 50 };
  expect(leastDistanceKm(here, { lat: 0, lon: 1, radiusKm: 40 })).toBeCloseTo(21.2, 1);
});

test('circles that touch have no distance', () => {
  expect(leastDistanceKm({ lat: 0, lon: 0, radiusKm: 60 }, { lat: 0, lon: 1, radiusKm: 60 })).toBe(0);
});

test('a country is two capital letters', () => {
  expect(countrySchema.safeParse('US').success).toBe(true);
  expect(['us', 'USA', 'U1', ''].map((text) => countrySchema.safeParse(text).success)).not.toContain(true);
});

describe('farthestKm', () => {
  it('takes light in glass, there and back', () => {
    expect(farthestKm(10)).toBe(1_000);
    expect(farthestKm(10, 'vacuum')).toBe(1_500);
    expect(farthestKm(0)).toBe(0);
    expect(farthestKm(-1)).toBe(0);
  });

  it('ends at the other side of the Earth', () => {
    expect(farthestKm(1_000)).toBeCloseTo(20_015, 0);
    expect(farthestKm(Number.POSITIVE_INFINITY)).toBeCloseTo(20_015, 0);
  });
});

describe('isWithinReach', () => {
  const frankfurt = { lat: 50.11, lon: 8.68 };
  const chicago = { lat: 41.88, lon: -87.63, radiusKm: 275 };

  it('is false for a place that light could not have answered from so soon', () => {
    expect(isWithinReach(chicago, { from: frankfurt, minRoundTripMs: 12 })).toBe(false);
    expect(isWithinReach(chicago, { from: frankfurt, minRoundTripMs: 95 })).toBe(true);
  });

  it('gives an uncertain place the benefit of its radius, and a satellite that of its vacuum', () => {
    expect(isWithinReach({ ...chicago, radiusKm: 20_000 }, { from: frankfurt, minRoundTripMs: 0 })).toBe(
      true,
    );
    expect(isWithinReach(chicago, { from: frankfurt, minRoundTripMs: 50 })).toBe(true);
  });
});
