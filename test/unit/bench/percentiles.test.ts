import { describe, expect, it } from 'vitest';
import { percentile, percentiles } from '../../../bench/lib/percentiles.ts';

describe('percentile', () => {
  it('of one value is that value, whatever the rank', () => {
    for (const ratio of [0, 0.5, 0.95, 1]) expect(percentile([7], ratio)).toBe(7);
  });

  it('takes a value that was measured, by nearest rank, from any order', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(values, 0.5)).toBe(50);
    expect(percentile(values, 0.95)).toBe(95);
    expect(percentile(values, 1)).toBe(100);
    expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
  });

  it('sorts by number and leaves its input as it was', () => {
    const values = [10, 9, 100];
    expect(percentile(values, 1)).toBe(100);
    expect(values).toEqual([10, 9, 100]);
  });

  it('of nothing is refused: a bench without values has measured nothing', () => {
    expect(() => percentiles([])).toThrow(RangeError);
  });
});

describe('percentiles', () => {
  it('rounds to a tenth', () => {
    expect(percentiles([1.26, 2.04])).toEqual({ p50: 1.3, p95: 2, max: 2 });
  });
});
