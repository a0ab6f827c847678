/** What is listed while some segments are there, some are not, and of some nobody knows yet. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StoredSegment } from '../../../../src/hls/packager/rendition-window.ts';
import { PushedWindow } from '../../../../src/hls/push/pushed-window.ts';

const segment = (mediaSequenceNumber: number, more: Partial<StoredSegment> = {}): StoredSegment => ({
  ...{ mediaSequenceNumber, runIndex: 0, isDiscontinuity: false, isGap: false, startTicks: 0, programDateTimeMs: 0 },
  ...{ parts: [], durationTicks: 2, sizeBytes: 0, keyframeBytes: 0, isStored: false },
  ...more,
});
const numbers = (window: PushedWindow) => window.listed.map(({ segment: { mediaSequenceNumber: msn } }) => msn);
const create = () => new PushedWindow({ minSec: 6, minCount: 3, timescaleHz: 1 });

describe('PushedWindow', () => {
  it('lists up to the first segment of which nothing is known yet', () => {
    const window = create();
    for (const msn of [0, 1, 2]) window.add(segment(msn));
    window.settle(0, 'stored');
    window.settle(2, 'stored');
    expect(numbers(window)).toEqual([0]);
    expect(window.isSettled).toBe(false);
    window.settle(1, 'gap');
    expect(window.listed.map(({ isGap }) => isGap)).toEqual([false, true, false]);
    expect(window.isSettled).toBe(true);
  });

  it('settles each once; what the program lacks is a gap from the start', () => {
    const window = create();
    window.add(segment(0, { isGap: true }));
    window.add(segment(1));
    window.settle(0, 'stored');
    window.settle(1, 'gap');
    window.settle(1, 'stored');
    window.settle(7, 'stored');
    expect(window.listed.map(({ isGap }) => isGap)).toEqual([true, true]);
  });

  it('removeOld counts discontinuities that left', () => {
    const window = create();
    for (const msn of [0, 1, 2, 3, 4, 5]) {
      window.add(segment(msn, { isDiscontinuity: msn === 1 }));
      window.settle(msn, 'stored');
    }
    expect(window.removeOld().map(({ segment: { mediaSequenceNumber: msn } }) => msn)).toEqual([0, 1, 2]);
    expect(window.discontinuitySequence).toBe(1);
  });

  it('removeOld leaves enough that is listed, whatever comes in whatever order', () => {
    const steps = fc.array(fc.record({ durationTicks: fc.integer({ min: 1, max: 4 }), late: fc.nat(3) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, (given) => {
        const window = create();
        for (const [msn, { durationTicks, late }] of given.entries()) {
          window.add(segment(msn, { durationTicks }));
          window.settle(msn - late, 'stored');
          const before = numbers(window);
          const removed = window.removeOld();
          const after = numbers(window);
          expect([...removed.map((one) => one.segment.mediaSequenceNumber), ...after]).toEqual(before);
          if (removed.length > 0) expect(after.length >= 3 && window.listedSec >= 6).toBe(true);
        }
      }),
    );
  });
});
