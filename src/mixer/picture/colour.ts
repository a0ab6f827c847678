/** RGB to YCbCr by ITU-R BT.709, limited range (16..235 / 16..240), and back for looking at frames. Pure. */
import { type Rgb } from './rgb.ts';
import { type Yuv } from './i420.ts';

/** 8-bit full-range RGB to 8-bit limited-range Y'CbCr. */
export function rgbToYuv({ r, g, b }: Rgb): Yuv {
  return { y: Math.round(lumaOf(r, g, b)), u: Math.round(blueOf(r, g, b)), v: Math.round(redOf(r, g, b)) };
}

/** Unrounded luma, 16..235. */
export function lumaOf(r: number, g: number, b: number): number {
  return 16 + 0.182586 * r + 0.614231 * g + 0.062007 * b;
}

/** Unrounded blue difference, 16..240. */
export function blueOf(r: number, g: number, b: number): number {
  return 128 - 0.100644 * r - 0.338572 * g + 0.439216 * b;
}

/** Unrounded red difference, 16..240. */
export function redOf(r: number, g: number, b: number): number {
  return 128 + 0.439216 * r - 0.398942 * g - 0.040274 * b;
}

/** 8-bit limited-range Y'CbCr to 8-bit RGB, clipped. */
export function yuvToRgb({ y, u, v }: Yuv): Rgb {
  const luma = 1.164384 * (y - 16);
  return {
    r: clip8(luma + 1.792741 * (v - 128)),
    g: clip8(luma - 0.213249 * (u - 128) - 0.532909 * (v - 128)),
    b: clip8(luma + 2.112402 * (u - 128)),
  };
}

function clip8(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
