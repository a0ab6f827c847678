import { describe, expect, it } from 'vitest';
import { LatenessHistogram } from '../../../../src/mixer/program/lateness-histogram.ts';

describe('LatenessHistogram.percentileMs', () => {
  it('is 0 before the first value', () => {
    expect(new LatenessHistogram().percentileMs(0.99)).toBe(0);
  });

  it('is the nearest rank, to a ms and never above the maximum', () => {
    const histogram = new LatenessHistogram();
    for (let count = 0; count < 98; count++) histogram.add(0.4);
    histogram.add(7.2);
    histogram.add(30.5);
    expect(histogram.percentileMs(0.5)).toBe(1);
    expect(histogram.percentileMs(0.99)).toBe(8);
    expect(histogram.percentileMs(1)).toBe(30.5);
    expect(histogram.maxMs).toBe(30.5);
  });

  it('takes what is early as in time and what is beyond its range as the maximum', () => {
    const histogram = new LatenessHistogram();
    histogram.add(-3);
    expect(histogram.percentileMs(1)).toBe(0);
    histogram.add(90_000);
    expect(histogram.percentileMs(1)).toBe(90_000);
  });
});
