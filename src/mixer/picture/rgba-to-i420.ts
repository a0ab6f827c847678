/** Turns what the canvas drew into an opaque I420 picture. Pure. */
import { blueOf, lumaOf, redOf } from './colour.ts';
import { createI420, type I420Canvas } from './i420.ts';

/** Pixels as a canvas hands them out: R, G, B, A bytes, not premultiplied, width * height * 4 long. */
export interface RgbaPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** Converts an opaque drawing; alpha is ignored. Sides must be even. Chroma is the mean of each 2x2 block. */
export function rgbaToI420(pixels: RgbaPixels): I420Canvas {
  const { width, height, data } = pixels;
  const picture = createI420(width, height, { y: 16, u: 128, v: 128 });
  const out = picture.data;
  for (let index = 0, from = 0; index < width * height; index++, from += 4) {
    out[index] = lumaOf(data[from]!, data[from + 1]!, data[from + 2]!) + 0.5;
  }
  let u = width * height;
  let v = (u * 5) / 4;
  const stride = width * 4;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const a = y * stride + x * 4;
      const b = a + stride;
      const red = (data[a]! + data[a + 4]! + data[b]! + data[b + 4]!) / 4;
      const green = (data[a + 1]! + data[a + 5]! + data[b + 1]! + data[b + 5]!) / 4;
      const blue = (data[a + 2]! + data[a + 6]! + data[b + 2]! + data[b + 6]!) / 4;
      out[u++] = blueOf(red, green, blue) + 0.5;
      out[v++] = redOf(red, green, blue) + 0.5;
    }
  }
  return picture;
}
