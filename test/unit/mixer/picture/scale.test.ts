import { describe, expect, it } from 'vitest';
import { createI420, type I420Canvas } from '../../../../src/mixer/picture/i420.ts';
import { drawScaled } from '../../../../src/mixer/picture/scale.ts';

const grey = { y: 16, u: 128, v: 128 };

/** A picture whose left half is dark and whose right half is bright, with one chroma. */
function halves(width: number, height: number): I420Canvas {
  const picture = createI420(width, height, { y: 50, u: 90, v: 200 });
  for (let row = 0; row < height; row++) picture.data.fill(200, row * width + width / 2, (row + 1) * width);
  return picture;
}

const lumaAt = ({ data, width }: I420Canvas, x: number, y: number) => data[y * width + x]!;

describe('drawScaled', () => {
  it.each([
    { name: 'enlarged', width: 16, height: 8 },
    { name: 'reduced', width: 192, height: 96 },
  ])('$name, a picture fills the rectangle in luma and chroma and nothing beside it', ({ width, height }) => {
    const canvas = createI420(80, 60, grey);
    drawScaled(canvas, halves(width, height), { x: 10, y: 20, width: 64, height: 32 });
    expect([lumaAt(canvas, 10, 20), lumaAt(canvas, 34, 36), lumaAt(canvas, 10, 51)]).toEqual([50, 50, 50]);
    expect([lumaAt(canvas, 73, 20), lumaAt(canvas, 50, 36), lumaAt(canvas, 73, 51)]).toEqual([200, 200, 200]);
    expect([lumaAt(canvas, 9, 30), lumaAt(canvas, 74, 30), lumaAt(canvas, 40, 19), lumaAt(canvas, 40, 52)]).toEqual([
      16, 16, 16, 16,
    ]);
    const chroma = canvas.data.subarray(80 * 60, (80 * 60 * 5) / 4);
    expect([chroma[10 * 40 + 5], chroma[25 * 40 + 36], chroma[9 * 40 + 5], chroma[10 * 40 + 4]]).toEqual([
      90, 90, 128, 128,
    ]);
  });

  it('between two source pixels the target rises evenly', () => {
    const canvas = createI420(64, 2, grey);
    drawScaled(canvas, halves(4, 2), { x: 0, y: 0, width: 64, height: 2 });
    const row = [...canvas.data.subarray(0, 64)];
    expect(row).toEqual([...row].sort((a, b) => a - b));
    expect(new Set(row).size).toBeGreaterThan(10);
  });

  it('a picture of another shape is cut at the centre', () => {
    const tall = createI420(16, 32, { y: 100, u: 128, v: 128 });
    tall.data.fill(200, 0, 16 * 8);
    tall.data.fill(200, 16 * 24, 16 * 32);
    const canvas = createI420(32, 32, grey);
    drawScaled(canvas, tall, { x: 0, y: 0, width: 32, height: 32 });
    expect([lumaAt(canvas, 16, 2), lumaAt(canvas, 16, 16), lumaAt(canvas, 16, 30)]).toEqual([100, 100, 100]);
  });
});
