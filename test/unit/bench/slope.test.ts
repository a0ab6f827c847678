import { describe, expect, it } from 'vitest';
import { slopePerHour } from '../../../bench/lib/slope.ts';

describe('slopePerHour', () => {
  it('of a line is its slope, whatever its height', () => {
    expect(slopePerHour([0, 10, 20, 30].map((atSec) => [atSec, 7 + atSec / 3600]))).toBeCloseTo(1, 9);
  });

  it('of noise around a level is nearly nothing', () => {
    const points = Array.from({ length: 360 }, (_, index) => [index * 10, 100 + (index % 2)] as const);
    expect(Math.abs(slopePerHour(points))).toBeLessThan(0.1);
  });

  it('of nothing, one point or one time is 0', () => {
    expect([
      slopePerHour([]),
      slopePerHour([[1, 5]]),
      slopePerHour([
        [1, 5],
        [1, 9],
      ]),
    ]).toEqual([0, 0, 0]);
  });
});
