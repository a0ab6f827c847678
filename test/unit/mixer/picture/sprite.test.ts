import { describe, expect, it } from 'vitest';
import { rgbToYuv } from '../../../../src/mixer/picture/colour.ts';
import { createI420 } from '../../../../src/mixer/picture/i420.ts';
import { createSprite } from '../../../../src/mixer/picture/create-sprite.ts';
import { blendSprite, cutSprite, joinSprites } from '../../../../src/mixer/picture/sprite.ts';

/** A drawing whose pixel (x, y) is red with the given alpha. */
function redDrawing(width: number, height: number, alphaAt: (x: number, y: number) => number) {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set([255, 0, 0, alphaAt(x, y)], (y * width + x) * 4);
  return { width, height, data };
}

const red = rgbToYuv({ r: 255, g: 0, b: 0 });

describe('sprites', () => {
  it('blendSprite of an opaque drawing replaces what lies below', () => {
    const target = createI420(64, 8, { y: 200, u: 90, v: 90 });
    blendSprite(target, createSprite(redDrawing(32, 4, () => 255)), 16, 2);
    expect(target.data[2 * 64 + 16]).toBe(red.y);
    expect(target.data[2 * 64 + 15]).toBe(200);
    expect(target.data[64 * 8 + 32 + 8]).toBe(red.u);
    expect(target.data[64 * 8 + 32 * 4 + 32 + 8]).toBe(red.v);
  });

  it('blendSprite of a transparent drawing changes nothing', () => {
    const target = createI420(16, 16, { y: 77, u: 88, v: 99 });
    const before = target.data.slice();
    const sprite = createSprite(redDrawing(16, 16, () => 0));
    blendSprite(target, sprite, 0, 0);
    expect(target.data).toEqual(before);
    expect(sprite.planes.every((plane) => plane.runs.length === 0)).toBe(true);
  });

  it('blendSprite of a half transparent drawing gives the mean, in range, over black and white', () => {
    for (const below of [16, 235]) {
      const target = createI420(4, 4, { y: below, u: 128, v: 128 });
      blendSprite(target, createSprite(redDrawing(4, 4, () => 128)), 0, 0);
      expect(Math.abs(target.data[5]! - (red.y + below) / 2)).toBeLessThanOrEqual(1);
      expect(Math.abs(target.data[17]! - (red.u + 128) / 2)).toBeLessThanOrEqual(1);
    }
  });

  it('blendSprite mixes opaque, translucent and empty runs in one row', () => {
    const target = createI420(64, 2, { y: 100, u: 128, v: 128 });
    blendSprite(target, createSprite(redDrawing(64, 2, (x) => (x < 20 ? 255 : x < 24 ? 128 : 0))), 0, 0);
    expect([0, 19, 21, 24, 63].map((x) => target.data[x])).toEqual([red.y, red.y, 81, 100, 100]);
  });

  it('blendSprite refuses a place outside the target', () => {
    const target = createI420(16, 16, { y: 0, u: 0, v: 0 });
    expect(() => blendSprite(target, createSprite(redDrawing(8, 8, () => 255)), 10, 0)).toThrow(RangeError);
  });
});

describe('cutSprite', () => {
  it('gives the pixels inside the rectangle, opaque and translucent runs alike', () => {
    const sprite = createSprite(redDrawing(64, 8, (x, y) => (y < 4 ? (x < 40 ? 255 : 100) : x)));
    const whole = createI420(64, 8, { y: 100, u: 128, v: 128 });
    blendSprite(whole, sprite, 0, 0);
    const part = createI420(64, 8, { y: 100, u: 128, v: 128 });
    blendSprite(part, cutSprite(sprite, { x: 20, y: 2, width: 30, height: 4 }), 20, 2);
    const expected = whole.data.subarray(0, 64 * 8).map((value, at) => {
      const x = at % 64;
      const y = Math.floor(at / 64);
      return x >= 20 && x < 50 && y >= 2 && y < 6 ? value : 100;
    });
    expect(part.data.subarray(0, 64 * 8)).toEqual(expected);
  });
});

describe('joinSprites', () => {
  it('of the parts of a sprite gives the sprite', () => {
    const sprite = createSprite(redDrawing(64, 16, (x, y) => (x < 40 ? 255 : 16 * y)));
    const parts = [
      { x: 0, y: 0, width: 64, height: 6 },
      { x: 0, y: 6, width: 30, height: 10 },
      { x: 30, y: 6, width: 34, height: 10 },
    ].map((rect) => ({ sprite: cutSprite(sprite, rect), x: rect.x, y: rect.y }));
    const [whole, joined] = [sprite, joinSprites(64, 16, parts)].map((drawn) => {
      const target = createI420(96, 32, { y: 100, u: 90, v: 128 });
      blendSprite(target, drawn, 20, 10);
      return target;
    });
    expect(joined).toEqual(whole);
  });
});
