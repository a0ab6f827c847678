import { describe, expect, it } from 'vitest';
import { rgbToYuv, yuvToRgb } from '../../../../src/mixer/picture/colour.ts';
import { blit, createI420, i420ByteLength } from '../../../../src/mixer/picture/i420.ts';
import { parseHexColour } from '../../../../src/mixer/picture/rgb.ts';
import { rgbaToI420 } from '../../../../src/mixer/picture/rgba-to-i420.ts';

describe('I420 pictures', () => {
  it('createI420 rejects odd sides', () => {
    expect(() => createI420(3, 2, { y: 0, u: 0, v: 0 })).toThrow(RangeError);
    expect(() => createI420(2, 0, { y: 0, u: 0, v: 0 })).toThrow(RangeError);
  });

  it('blit writes the rectangle in all three planes and nothing beside it', () => {
    const target = createI420(8, 8, { y: 1, u: 2, v: 3 });
    blit(target, createI420(4, 2, { y: 100, u: 110, v: 120 }), 2, 4);
    const luma = target.data.subarray(0, 64);
    const inside = (index: number) => index % 8 >= 2 && index % 8 < 6 && index >> 3 >= 4 && index >> 3 < 6;
    luma.forEach((value, index) => expect(value).toBe(inside(index) ? 100 : 1));
    expect([...target.data.subarray(64, 80)]).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2, 110, 110, 2, 2, 2, 2, 2]);
    expect([...target.data.subarray(80, 96)].filter((value) => value === 120)).toHaveLength(2);
  });

  it('blit refuses a picture that does not fit', () => {
    const target = createI420(8, 8, { y: 0, u: 0, v: 0 });
    const source = createI420(4, 4, { y: 0, u: 0, v: 0 });
    expect(() => blit(target, source, 6, 0)).toThrow(RangeError);
    expect(() => blit(target, source, 0, -2)).toThrow(RangeError);
  });

  it('rgbToYuv gives the BT.709 limited-range values of the primaries', () => {
    expect(rgbToYuv({ r: 255, g: 255, b: 255 })).toEqual({ y: 235, u: 128, v: 128 });
    expect(rgbToYuv({ r: 0, g: 0, b: 0 })).toEqual({ y: 16, u: 128, v: 128 });
    expect(rgbToYuv({ r: 255, g: 0, b: 0 })).toEqual({ y: 63, u: 102, v: 240 });
    expect(rgbToYuv({ r: 0, g: 0, b: 255 })).toEqual({ y: 32, u: 240, v: 118 });
  });

  it('yuvToRgb undoes rgbToYuv within rounding', () => {
    for (const hex of ['#12161c', '#3ddc97', '#ff6b6b', '#6cb6ff', '#808080']) {
      const rgb = parseHexColour(hex);
      const back = yuvToRgb(rgbToYuv(rgb));
      for (const channel of ['r', 'g', 'b'] as const)
        expect(Math.abs(back[channel] - rgb[channel])).toBeLessThanOrEqual(2);
    }
  });

  it('rgbaToI420 gives the same values as rgbToYuv for a flat drawing', () => {
    const data = new Uint8Array(4 * 4 * 4);
    for (let index = 0; index < data.length; index += 4) data.set([200, 30, 60, 255], index);
    const picture = rgbaToI420({ width: 4, height: 4, data });
    const { y, u, v } = rgbToYuv({ r: 200, g: 30, b: 60 });
    expect(picture.data).toEqual(createI420(4, 4, { y, u, v }).data);
    expect(picture.data).toHaveLength(i420ByteLength(4, 4));
  });

  it('parseHexColour rejects what is no colour', () => {
    expect(() => parseHexColour('red')).toThrow(RangeError);
  });
});
