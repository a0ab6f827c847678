import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type I420Canvas } from '../../../../src/mixer/picture/i420.ts';
import { mixInto } from '../../../../src/mixer/picture/mix.ts';

const pictureOf = (data: Uint8Array): I420Canvas => ({ width: data.length, height: 1, data });

describe('mixInto', () => {
  it('gives the rounded weighted mean of every byte, whatever the length and the place in memory', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
    const weights = fc.integer({ min: 0, max: 256 });
    fc.assert(
      fc.property(bytes, bytes, weights, fc.integer({ min: 0, max: 3 }), (a, b, weight, offset) => {
        const length = Math.min(a.length, b.length);
        const target = new Uint8Array(new ArrayBuffer(length + offset), offset, length);
        target.set(a.subarray(0, length));
        mixInto(pictureOf(target), b.subarray(0, length), weight);
        const mean = (value: number, index: number) => (value * weight + b[index]! * (256 - weight) + 128) >> 8;
        expect(Array.from(target)).toEqual(Array.from(a.subarray(0, length), mean));
      }),
    );
  });

  it('leaves equal bytes exactly as they are at every weight', () => {
    const all = Uint8Array.from({ length: 256 }, (_, value) => value);
    for (let weight = 0; weight <= 256; weight++) {
      const target = all.slice();
      mixInto(pictureOf(target), all, weight);
      expect(target).toEqual(all);
    }
  });

  it('refuses a picture of another size', () => {
    expect(() => mixInto(pictureOf(new Uint8Array(4)), new Uint8Array(8), 128)).toThrow(RangeError);
  });
});
