import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exifOrientation } from '../../../../src/mixer/uploads/exif-orientation.ts';
import { withExif } from '../../../support/mixer/exif.ts';

const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2]);

describe('exifOrientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('reads %i in either byte order', (orientation) => {
    expect(exifOrientation(withExif(jpeg, orientation, 'II'))).toBe(orientation);
    expect(exifOrientation(withExif(jpeg, orientation, 'MM'))).toBe(orientation);
  });

  it('takes a JPEG without EXIF data, an unknown value and other files as upright', () => {
    for (const bytes of [jpeg, withExif(jpeg, 0), withExif(jpeg, 9), Buffer.from('RIFF'), Buffer.alloc(0)])
      expect(exifOrientation(bytes)).toBe(1);
  });

  it('takes any bytes', () => {
    const whole = withExif(jpeg, 6);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }))),
        fc.nat(whole.length),
        (changes, end) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          expect(exifOrientation(bytes.subarray(0, end))).toBeGreaterThan(0);
        },
      ),
    );
  });
});
