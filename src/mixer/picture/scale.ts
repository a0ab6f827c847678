/** Draws a picture into a rectangle of another size, for the moments before a decoder gives the size wanted. Pure. */
import { type I420Picture, type TileFit } from '../source-contract.ts';
import { type I420Canvas, type Rect } from './i420.ts';

/** Positions and weights (of 256) of the two source pixels behind each target pixel of one line. */
interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly weight: Int32Array;
}

/** Bilinear. `cover` fills `rect`, cut at the centre; `contain` shows all between black bars. Some 2 ms for a 960x540 tile. */
export function drawScaled(canvas: I420Canvas, picture: I420Picture, rect: Rect, fit: TileFit = 'cover'): void {
  const inner = fit === 'contain' ? containedIn(rect, picture) : rect;
  if (inner.width !== rect.width || inner.height !== rect.height) fillBlack(canvas, rect);
  drawCovering(canvas, picture, inner);
}

/** The largest rectangle of the picture's shape, centred, even. */
function containedIn(rect: Rect, { width, height }: I420Picture): Rect {
  const factor = Math.min(rect.width / width, rect.height / height);
  const inner = { width: evenNearest(width * factor, rect.width), height: evenNearest(height * factor, rect.height) };
  const x = rect.x + 2 * Math.floor((rect.width - inner.width) / 4);
  const y = rect.y + 2 * Math.floor((rect.height - inner.height) / 4);
  return { x, y, ...inner };
}

function evenNearest(length: number, maxLength: number): number {
  return Math.min(maxLength, Math.max(2, 2 * Math.round(length / 2)));
}

function fillBlack({ width, height, data }: I420Canvas, rect: Rect): void {
  for (let row = rect.y; row < rect.y + rect.height; row++) {
    data.fill(16, row * width + rect.x, row * width + rect.x + rect.width);
  }
  for (const plane of [width * height, (width * height * 5) / 4]) {
    for (let row = rect.y / 2; row < (rect.y + rect.height) / 2; row++) {
      const start = plane + (row * width) / 2 + rect.x / 2;
      data.fill(128, start, start + rect.width / 2);
    }
  }
}

function drawCovering(canvas: I420Canvas, picture: I420Picture, rect: Rect): void {
  const lumaLength = picture.width * picture.height;
  const canvasLumaLength = canvas.width * canvas.height;
  scalePlane(canvas.data, 0, canvas.width, rect, picture.data, 0, picture.width, picture.height);
  const half = { x: rect.x / 2, y: rect.y / 2, width: rect.width / 2, height: rect.height / 2 };
  for (let plane = 0; plane < 2; plane++) {
    const to = canvasLumaLength + (plane * canvasLumaLength) / 4;
    const from = lumaLength + (plane * lumaLength) / 4;
    scalePlane(canvas.data, to, canvas.width / 2, half, picture.data, from, picture.width / 2, picture.height / 2);
  }
}

function scalePlane(
  target: Uint8Array,
  targetOffset: number,
  targetStride: number,
  rect: Rect,
  source: Uint8Array,
  sourceOffset: number,
  sourceWidth: number,
  sourceHeight: number,
): void {
  const step = Math.min(sourceWidth / rect.width, sourceHeight / rect.height);
  const columns = tapsOf(rect.width, sourceWidth, step);
  const rows = tapsOf(rect.height, sourceHeight, step);
  for (let y = 0; y < rect.height; y++) {
    const upper = sourceOffset + rows.first[y]! * sourceWidth;
    const lower = sourceOffset + rows.second[y]! * sourceWidth;
    const down = rows.weight[y]!;
    const to = targetOffset + (rect.y + y) * targetStride + rect.x;
    for (let x = 0; x < rect.width; x++) {
      const left = columns.first[x]!;
      const right = columns.second[x]!;
      const across = columns.weight[x]!;
      const above = source[upper + left]! * (256 - across) + source[upper + right]! * across;
      const below = source[lower + left]! * (256 - across) + source[lower + right]! * across;
      target[to + x] = (above * (256 - down) + below * down + 32_768) >> 16;
    }
  }
}

function tapsOf(targetLength: number, sourceLength: number, step: number): Taps {
  const first = new Int32Array(targetLength);
  const second = new Int32Array(targetLength);
  const weight = new Int32Array(targetLength);
  const start = (sourceLength - targetLength * step) / 2;
  for (let index = 0; index < targetLength; index++) {
    const position = Math.min(Math.max(start + (index + 0.5) * step - 0.5, 0), sourceLength - 1);
    first[index] = Math.floor(position);
    second[index] = Math.min(first[index]! + 1, sourceLength - 1);
    weight[index] = Math.round((position - first[index]!) * 256);
  }
  return { first, second, weight };
}
