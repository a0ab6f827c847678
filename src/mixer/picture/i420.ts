/** 8-bit 4:2:0 planar pictures: where the planes lie, filling and copying. Pure; BT.709 limited range throughout. */
import { type I420Picture } from '../source-contract.ts';

/** Place and size in pixels; all four are even, because chroma has half the resolution. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Yuv {
  readonly y: number;
  readonly u: number;
  readonly v: number;
}

/** A picture that we own and write into. */
export interface I420Canvas extends I420Picture {
  readonly data: Uint8Array;
}

export function i420ByteLength(width: number, height: number): number {
  return (width * height * 3) / 2;
}

/** Allocates a picture of one colour. Width and height must be even. @throws RangeError otherwise */
export function createI420(width: number, height: number, colour: Yuv): I420Canvas {
  if (width <= 0 || height <= 0 || width % 2 !== 0 || height % 2 !== 0) {
    throw new RangeError(`An I420 picture needs even sides, not ${width}x${height}.`);
  }
  const data = new Uint8Array(i420ByteLength(width, height));
  const lumaLength = width * height;
  data.fill(colour.y, 0, lumaLength);
  data.fill(colour.u, lumaLength, (lumaLength * 5) / 4);
  data.fill(colour.v, (lumaLength * 5) / 4);
  return { width, height, data };
}

/** Copies the whole of `source` to (x, y) of `target`, row by row. @throws RangeError when it does not fit */
export function blit(target: I420Canvas, source: I420Picture, x: number, y: number): void {
  if (x < 0 || y < 0 || x + source.width > target.width || y + source.height > target.height) {
    throw new RangeError(`A ${source.width}x${source.height} picture does not fit at ${x},${y}.`);
  }
  const targetLuma = target.width * target.height;
  const sourceLuma = source.width * source.height;
  copyPlane(target.data, 0, target.width, source.data, 0, source.width, source.height, x, y);
  for (let plane = 0; plane < 2; plane++) {
    copyPlane(
      target.data,
      targetLuma + (plane * targetLuma) / 4,
      target.width / 2,
      source.data,
      sourceLuma + (plane * sourceLuma) / 4,
      source.width / 2,
      source.height / 2,
      x / 2,
      y / 2,
    );
  }
}

/**
 * Copies columns `fromX` to `fromX + width` of `source`, in its full height, to (x, y) of `target`; all even and inside
 * both pictures.
 */
export function blitColumns(
  target: I420Canvas,
  source: I420Picture,
  fromX: number,
  width: number,
  x: number,
  y: number,
): void {
  const { height } = source;
  copyColumns(target.data, y * target.width + x, target.width, source.data, fromX, source.width, width, height);
  for (let plane = 4; plane <= 5; plane++) {
    // V lies a quarter of the luma's length behind U.
    const to = (target.width * target.height * plane) / 4 + ((y / 2) * target.width) / 2 + x / 2;
    const from = (source.width * height * plane) / 4 + fromX / 2;
    copyColumns(target.data, to, target.width / 2, source.data, from, source.width / 2, width / 2, height / 2);
  }
}

function copyColumns(
  target: Uint8Array,
  to: number,
  targetStride: number,
  source: Uint8Array,
  from: number,
  sourceStride: number,
  width: number,
  rowCount: number,
): void {
  for (let row = 0; row < rowCount; row++) {
    const start = from + row * sourceStride;
    target.set(source.subarray(start, start + width), to + row * targetStride);
  }
}

function copyPlane(
  target: Uint8Array,
  targetOffset: number,
  targetStride: number,
  source: Uint8Array,
  sourceOffset: number,
  sourceStride: number,
  rowCount: number,
  x: number,
  y: number,
): void {
  let to = targetOffset + y * targetStride + x;
  let from = sourceOffset;
  for (let row = 0; row < rowCount; row++) {
    target.set(source.subarray(from, from + sourceStride), to);
    to += targetStride;
    from += sourceStride;
  }
}
