import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseWorker } from '../../../src/sfu-cascade/placement.ts';

describe('chooseWorker', () => {
  it('without workers gives undefined', () => {
    expect(chooseWorker([])).toBeUndefined();
  });

  it('takes the worker with the fewest peers of the webinar, whatever its total', () => {
    const loads = [
      { workerIndex: 0, webinarPeerCount: 1, totalCount: 1 },
      { workerIndex: 1, webinarPeerCount: 0, totalCount: 90 },
    ];
    expect(chooseWorker(loads)).toBe(1);
  });

  it('breaks ties by total load, then by index', () => {
    const tie = (totals: number[]) =>
      totals.map((totalCount, workerIndex) => ({ workerIndex, webinarPeerCount: 2, totalCount }));
    expect(chooseWorker(tie([5, 3, 4]))).toBe(1);
    expect(chooseWorker(tie([3, 3, 3]))).toBe(0);
  });

  it('asked again and again keeps the peers of a webinar within one of each other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 40 }), (workerCount, peerCount) => {
        const counts = Array.from({ length: workerCount }, () => 0);
        for (let peer = 0; peer < peerCount; peer++) {
          const loads = counts.map((count, workerIndex) => ({
            workerIndex,
            webinarPeerCount: count,
            totalCount: count,
          }));
          counts[chooseWorker(loads)!]!++;
        }
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
