/** Pictures as I420 planes (8-bit 4:2:0, BT.709 limited range): sizes, colours, rectangles. */
import { type TileRect } from './read-pattern.ts';

export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

export interface Yuv {
  readonly y: number;
  readonly u: number;
  readonly v: number;
}

export const black: Yuv = { y: 16, u: 128, v: 128 };
export const white: Yuv = { y: 235, u: 128, v: 128 };

/** Y plane and two quarter planes; width and height even. */
export function i420SizeBytes(width: number, height: number): number {
  return (width * height * 3) / 2;
}

/** Components 0..255 to limited range. */
export function rgbToYuv({ r, g, b }: Rgb): Yuv {
  const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return {
    y: Math.round(16 + (luma * 219) / 255),
    u: Math.round(128 + ((b - luma) / 1.8556) * (224 / 255)),
    v: Math.round(128 + ((r - luma) / 1.5748) * (224 / 255)),
  };
}

/** Limited range to components 0..255. */
export function yuvToRgb({ y, u, v }: Yuv): Rgb {
  const luma = ((y - 16) * 255) / 219;
  const r = luma + (1.5748 * (v - 128) * 255) / 224;
  const b = luma + (1.8556 * (u - 128) * 255) / 224;
  const g = (luma - 0.2126 * r - 0.0722 * b) / 0.7152;
  const clamp = (value: number) => Math.min(255, Math.max(0, Math.round(value)));
  return { r: clamp(r), g: clamp(g), b: clamp(b) };
}

/** Fills a rectangle (rounded to even pixels) of an I420 picture. */
export function fillI420(picture: Uint8Array, width: number, height: number, rect: TileRect, colour: Yuv): void {
  const even = (value: number) => Math.round(value / 2) * 2;
  const [left, right] = [even(rect.x), even(rect.x + rect.width)];
  const [top, bottom] = [even(rect.y), even(rect.y + rect.height)];
  for (let y = top; y < bottom; y++) picture.fill(colour.y, y * width + left, y * width + right);
  const uStart = width * height;
  const vStart = uStart + (width * height) / 4;
  for (let y = top / 2; y < bottom / 2; y++) {
    const from = (y * width) / 2 + left / 2;
    const to = (y * width) / 2 + right / 2;
    picture.fill(colour.u, uStart + from, uStart + to);
    picture.fill(colour.v, vStart + from, vStart + to);
  }
}

/** Mean colour of a rectangle of an I420 picture. */
export function meanYuv(picture: Uint8Array, width: number, height: number, rect: TileRect): Yuv {
  const mean = (start: number, planeWidth: number, divisor: number): number => {
    let sum = 0;
    let count = 0;
    for (let y = Math.round(rect.y / divisor); y < (rect.y + rect.height) / divisor; y++) {
      for (let x = Math.round(rect.x / divisor); x < (rect.x + rect.width) / divisor; x++) {
        sum += picture[start + y * planeWidth + x]!;
        count++;
      }
    }
    return sum / count;
  };
  const lumaBytes = width * height;
  return {
    y: mean(0, width, 1),
    u: mean(lumaBytes, width / 2, 2),
    v: mean(lumaBytes + lumaBytes / 4, width / 2, 2),
  };
}
