import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSprite } from '../../../../src/mixer/picture/create-sprite.ts';
import { createI420, type Rect } from '../../../../src/mixer/picture/i420.ts';
import { intersection, partsOn, without } from '../../../../src/mixer/picture/rect-parts.ts';
import { blendSprite } from '../../../../src/mixer/picture/sprite.ts';

const size = 64;
const evenUpTo = (max: number) => fc.integer({ min: 0, max: max / 2 }).map((half) => 2 * half);
const rects = fc
  .tuple(evenUpTo(size - 2), evenUpTo(size - 2), evenUpTo(size), evenUpTo(size))
  .map(([x, y, width, height]) => ({
    x,
    y,
    width: Math.max(2, Math.min(width, size - x)),
    height: Math.max(2, Math.min(height, size - y)),
  }));

const areaOf = (rect: Rect | undefined) => (rect === undefined ? 0 : rect.width * rect.height);
const isOn = ({ x, y, width, height }: Rect, px: number, py: number) =>
  px >= x && px < x + width && py >= y && py < y + height;

describe('without', () => {
  it('gives parts apart from each other and from the hole that make up the rest', () => {
    fc.assert(
      fc.property(rects, rects, (rect, hole) => {
        const parts = without(rect, hole);
        const area = parts.reduce((sum, part) => sum + areaOf(part), 0);
        expect(area).toBe(areaOf(rect) - areaOf(intersection(rect, hole)));
        parts.forEach((part, index) => {
          expect(intersection(part, hole)).toBeUndefined();
          for (const other of parts.slice(index + 1)) expect(intersection(part, other)).toBeUndefined();
        });
      }),
    );
  });
});

describe('partsOn', () => {
  /** Half transparent, every pixel another value. */
  const data = new Uint8Array(32 * 32 * 4);
  for (let index = 0; index < 32 * 32; index++) data.set([index & 255, (index >> 2) & 255, 90, 128], 4 * index);
  const sprite = createSprite({ width: 32, height: 32, data });
  const below = { y: 100, u: 110, v: 120 };

  it('blended part by part, changes each pixel on any of the rectangles once and no other', () => {
    fc.assert(
      fc.property(fc.array(rects, { maxLength: 4 }), (tiles) => {
        const placed = { sprite, x: 16, y: 16 };
        const whole = createI420(size, size, below);
        blendSprite(whole, sprite, 16, 16);
        const parts = createI420(size, size, below);
        for (const part of partsOn(tiles, placed)) blendSprite(parts, part.sprite, part.x, part.y);
        const isCovered = (x: number, y: number) => tiles.some((tile) => isOn(tile, x, y));
        const luma = whole.data
          .subarray(0, size * size)
          .map((value, at) => (isCovered(at % size, Math.floor(at / size)) ? value : below.y));
        expect(Buffer.compare(parts.data.subarray(0, size * size), luma)).toBe(0);
        const chromaEnd = (size * size * 5) / 4;
        const chroma = whole.data
          .subarray(size * size, chromaEnd)
          .map((value, at) => (isCovered(2 * (at % 32), 2 * Math.floor(at / 32)) ? value : below.u));
        expect(Buffer.compare(parts.data.subarray(size * size, chromaEnd), chroma)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});
