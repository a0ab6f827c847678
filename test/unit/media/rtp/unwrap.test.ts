import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Unwrapper } from '../../../../src/media/rtp/index.ts';

describe('Unwrapper', () => {
  it('unwrap goes on growing across a wrap and places stragglers before it', () => {
    const sequences = new Unwrapper(16);
    expect([65_534, 65_535, 1, 0, 65_533, 2].map((value) => sequences.unwrap(value))).toEqual([
      65_534, 65_535, 65_537, 65_536, 65_533, 65_538,
    ]);
  });

  it('a timestamp that starts just under the wrap stays exact', () => {
    const timestamps = new Unwrapper(32);
    expect(timestamps.unwrap(0xffff_ffff)).toBe(0xffff_ffff);
    expect(timestamps.unwrap(2999)).toBe(0xffff_ffff + 3000);
  });

  it('peek answers as unwrap would and changes nothing', () => {
    const sequences = new Unwrapper(16);
    sequences.unwrap(100);
    expect(sequences.peek(30_000)).toBe(30_000);
    expect(sequences.unwrap(99)).toBe(99);
  });

  it('any walk with steps under half the range is followed exactly', () => {
    const steps = fc.array(fc.integer({ min: -1000, max: 30_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 65_535 }), steps, (start, deltas) => {
        const sequences = new Unwrapper(16);
        let highest = sequences.unwrap(start);
        for (const delta of deltas) {
          const wide = highest + delta;
          expect(sequences.unwrap(((wide % 65_536) + 65_536) % 65_536)).toBe(wide);
          highest = Math.max(highest, wide);
        }
      }),
    );
  });
});
