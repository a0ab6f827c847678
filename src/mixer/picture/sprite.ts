/**
 * Small drawings with transparency, laid over moving pictures thirty times a second. Everything that can be known
 * before is: colours are premultiplied, fully transparent pixels are left out, opaque runs become row copies. Pure.
 */
import { blueOf, lumaOf, redOf } from './colour.ts';
import { type I420Canvas } from './i420.ts';
import { type RgbaPixels } from './rgba-to-i420.ts';

/** One plane of a sprite: runs of pixels that are not fully transparent. */
interface PlaneSprite {
  /** Four numbers per run: row, column, length, 1 when opaque. */
  readonly runs: Int32Array;
  /** Value times alpha, in run order. */
  readonly premultiplied: Uint8Array;
  /** 256 minus alpha scaled to 0..256, in run order: the share of what lies below. */
  readonly below: Uint16Array;
}

export interface Sprite {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly [PlaneSprite, PlaneSprite, PlaneSprite];
}

/** Opaque runs shorter than this cost more as a copy than as a blend. */
const minCopyLength = 16;

/** Prepares a drawing with transparency; sides must be even. */
export function createSprite(pixels: RgbaPixels): Sprite {
  const { width, height, data } = pixels;
  const alphaAt = (x: number, y: number) => data[(y * width + x) * 4 + 3]! / 255;
  const luma = preparePlane(width, height, alphaAt, (x, y) => {
    const at = (y * width + x) * 4;
    return lumaOf(data[at]!, data[at + 1]!, data[at + 2]!);
  });
  const chromaAlphaAt = (x: number, y: number) =>
    (alphaAt(2 * x, 2 * y) + alphaAt(2 * x + 1, 2 * y) + alphaAt(2 * x, 2 * y + 1) + alphaAt(2 * x + 1, 2 * y + 1)) / 4;
  const chroma = (convert: (r: number, g: number, b: number) => number) =>
    preparePlane(width / 2, height / 2, chromaAlphaAt, (x, y) => {
      const { r, g, b } = meanColour(data, width, x, y);
      return convert(r, g, b);
    });
  return { width, height, planes: [luma, chroma(blueOf), chroma(redOf)] };
}

/** Lays `sprite` over `target` with its top left corner at (x, y), both even. @throws RangeError outside the target */
export function blendSprite(target: I420Canvas, sprite: Sprite, x: number, y: number): void {
  if (x < 0 || y < 0 || x + sprite.width > target.width || y + sprite.height > target.height) {
    throw new RangeError(`A ${sprite.width}x${sprite.height} sprite does not fit at ${x},${y}.`);
  }
  const lumaLength = target.width * target.height;
  const chromaStride = target.width / 2;
  const chromaStart = (y / 2) * chromaStride + x / 2;
  blendPlane(target.data, y * target.width + x, target.width, sprite.planes[0]);
  blendPlane(target.data, lumaLength + chromaStart, chromaStride, sprite.planes[1]);
  blendPlane(target.data, (lumaLength * 5) / 4 + chromaStart, chromaStride, sprite.planes[2]);
}

function blendPlane(target: Uint8Array, start: number, stride: number, plane: PlaneSprite): void {
  const { runs, premultiplied, below } = plane;
  let from = 0;
  for (let run = 0; run < runs.length; run += 4) {
    const to = start + runs[run]! * stride + runs[run + 1]!;
    const length = runs[run + 2]!;
    if (runs[run + 3] === 1) {
      target.set(premultiplied.subarray(from, from + length), to);
    } else {
      for (let index = 0; index < length; index++) {
        target[to + index] = premultiplied[from + index]! + ((target[to + index]! * below[from + index]! + 128) >> 8);
      }
    }
    from += length;
  }
}

function preparePlane(
  width: number,
  height: number,
  alphaAt: (x: number, y: number) => number,
  valueAt: (x: number, y: number) => number,
): PlaneSprite {
  const runs: number[] = [];
  const premultiplied: number[] = [];
  const below: number[] = [];
  for (let y = 0; y < height; y++) {
    for (const run of runsOfRow(width, (x) => alphaAt(x, y))) {
      runs.push(y, run.x, run.length, run.isOpaque ? 1 : 0);
      for (let x = run.x; x < run.x + run.length; x++) {
        const alpha = alphaAt(x, y);
        premultiplied.push(Math.round(valueAt(x, y) * alpha));
        below.push(256 - Math.round(alpha * 256));
      }
    }
  }
  return {
    runs: Int32Array.from(runs),
    premultiplied: Uint8Array.from(premultiplied),
    below: Uint16Array.from(below),
  };
}

interface Run {
  x: number;
  length: number;
  isOpaque: boolean;
}

function runsOfRow(width: number, alphaAt: (x: number) => number): Run[] {
  const runs: Run[] = [];
  for (let x = 0; x < width; x++) {
    const alpha = alphaAt(x);
    if (alpha === 0) continue;
    const last = runs.at(-1);
    const isOpaque = alpha === 1;
    if (last !== undefined && last.x + last.length === x && last.isOpaque === isOpaque) last.length++;
    else runs.push({ x, length: 1, isOpaque });
  }
  return mergeShortRuns(runs);
}

function mergeShortRuns(runs: readonly Run[]): Run[] {
  const merged: Run[] = [];
  for (const run of runs) {
    const current = { ...run, isOpaque: run.isOpaque && run.length >= minCopyLength };
    const last = merged.at(-1);
    if (last !== undefined && !last.isOpaque && !current.isOpaque && last.x + last.length === current.x) {
      last.length += current.length;
    } else merged.push(current);
  }
  return merged;
}

/** Mean colour of a 2x2 block, weighted by alpha so that transparent pixels do not bleed in. */
function meanColour(data: RgbaPixels['data'], width: number, x: number, y: number) {
  let weight = 0;
  let r = 0;
  let g = 0;
  let b = 0;
  for (let corner = 0; corner < 4; corner++) {
    const at = ((2 * y + (corner >> 1)) * width + 2 * x + (corner & 1)) * 4;
    const alpha = data[at + 3]!;
    weight += alpha;
    r += data[at]! * alpha;
    g += data[at + 1]! * alpha;
    b += data[at + 2]! * alpha;
  }
  return weight === 0 ? { r: 0, g: 0, b: 0 } : { r: r / weight, g: g / weight, b: b / weight };
}
