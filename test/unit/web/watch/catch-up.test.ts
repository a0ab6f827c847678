import { describe, expect, it } from 'vitest';
import { bufferedAheadMs, catchUpRate } from '../../../../web/src/watch/catch-up.ts';

const at = (edgeLatencyMs: number | undefined, change: { aheadMs?: number; rate?: number } = {}) =>
  catchUpRate({ edgeLatencyMs, targetLatencyMs: 1000, aheadMs: 700, rate: 1, ...change });

describe('catchUpRate', () => {
  it.each([
    [undefined, 1],
    [900, 1],
    [1119, 1],
    [1121, 1.05],
    [1499, 1.05],
    [1501, 1.1],
    [60_000, 1.1],
  ])('%s ms from the edge, of 1000 aimed at, is %s', (edgeLatencyMs, rate) => expect(at(edgeLatencyMs)).toBe(rate));

  it('goes on until it is there, once it has begun', () => {
    expect(at(1060, { rate: 1.05 })).toBe(1.05);
    expect(at(1039, { rate: 1.05 })).toBe(1);
  });

  it('waits while too little media is there', () => {
    expect(at(1800, { aheadMs: 399, rate: 1.1 })).toBe(1);
  });

  it('comes to its aim and stays there, whatever the distance and however the estimate swings', () => {
    let [distanceMs, rate] = [1700, 1];
    for (let tick = 0; tick < 200; tick++) {
      rate = at(1000 + distanceMs + 30 * Math.sin(tick), { rate });
      distanceMs -= 500 * (rate - 1);
    }
    expect(distanceMs).toBeLessThan(150);
    expect(distanceMs).toBeGreaterThan(-10);
  });
});

describe('bufferedAheadMs', () => {
  const ranges = [
    [0, 5],
    [10, 20],
  ] as const;
  const buffered = {
    length: ranges.length,
    start: (index: number) => ranges[index]![0],
    end: (index: number) => ranges[index]![1],
  };
  it.each([
    [12.5, 7500],
    [7, 0],
    [20, 0],
    [4.9, 100],
  ])('at %s s is %s', (currentTime, aheadMs) =>
    expect(bufferedAheadMs({ buffered, currentTime })).toBeCloseTo(aheadMs, 3),
  );
});
