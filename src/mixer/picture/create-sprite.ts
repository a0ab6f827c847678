/**
 * From a drawing to a sprite. Everything that can be known before is: colours are premultiplied, fully transparent
 * pixels are left out, long opaque runs become row copies. Pure.
 */
import { blueOf, lumaOf, redOf } from './colour.ts';
import { type RgbaPixels } from './rgba-to-i420.ts';
import { type PlaneSprite, type Sprite } from './sprite.ts';

/** Opaque runs shorter than this cost more as a copy than as a blend. */
const minCopyLength = 16;

/** Largest alpha of a luma pixel, and of a chroma pixel, which has the sum of four. */
const lumaOpaque = 255;
const chromaOpaque = 4 * lumaOpaque;

/** Prepares a drawing with transparency; sides must be even. */
export function createSprite(pixels: RgbaPixels): Sprite {
  const { width, height, data } = pixels;
  const alphas = new Uint8Array(width * height);
  for (let index = 0, from = 3; index < alphas.length; index++, from += 4) alphas[index] = data[from]!;
  const luma = preparePlane(width, height, alphas, lumaOpaque, (at) => {
    const from = 4 * at;
    return lumaOf(data[from]!, data[from + 1]!, data[from + 2]!);
  });
  const chromaWidth = width / 2;
  const chromaAlphas = sumOfFour(alphas, width, height);
  const chroma = (convert: (r: number, g: number, b: number) => number) =>
    preparePlane(chromaWidth, height / 2, chromaAlphas, chromaOpaque, (at) => {
      const { r, g, b } = meanColour(data, width, at % chromaWidth, Math.floor(at / chromaWidth));
      return convert(r, g, b);
    });
  return { width, height, planes: [luma, chroma(blueOf), chroma(redOf)] };
}

function sumOfFour(alphas: Uint8Array, width: number, height: number): Uint16Array {
  const sums = new Uint16Array((width * height) / 4);
  let to = 0;
  for (let y = 0; y < height; y += 2) {
    for (let at = y * width; at < (y + 1) * width; at += 2) {
      sums[to++] = alphas[at]! + alphas[at + 1]! + alphas[at + width]! + alphas[at + width + 1]!;
    }
  }
  return sums;
}

/** @param valueAt colour of the pixel with this index; asked only where it shows. */
function preparePlane(
  width: number,
  height: number,
  alphas: Uint8Array | Uint16Array,
  opaque: number,
  valueAt: (index: number) => number,
): PlaneSprite {
  const runs: number[] = [];
  let pixelCount = 0;
  for (let y = 0; y < height; y++) {
    for (const { x, length, isOpaque } of runsOfRow(alphas, y * width, width, opaque)) {
      runs.push(y, x, length, isOpaque ? 1 : 0);
      pixelCount += length;
    }
  }
  const premultiplied = new Uint8Array(pixelCount);
  const below = new Uint16Array(pixelCount);
  let to = 0;
  for (let run = 0; run < runs.length; run += 4) {
    const start = runs[run]! * width + runs[run + 1]!;
    for (let at = start; at < start + runs[run + 2]!; at++, to++) {
      const alpha = alphas[at]! / opaque;
      premultiplied[to] = Math.round(valueAt(at) * alpha);
      below[to] = 256 - Math.round(alpha * 256);
    }
  }
  return { runs: Int32Array.from(runs), premultiplied, below };
}

interface Run {
  readonly x: number;
  length: number;
  readonly isOpaque: boolean;
}

function runsOfRow(alphas: Uint8Array | Uint16Array, start: number, width: number, opaque: number): Run[] {
  const runs: Run[] = [];
  let x = 0;
  while (x < width) {
    const alpha = alphas[start + x]!;
    let end = x + 1;
    if (alpha === 0) {
      while (end < width && alphas[start + end] === 0) end++;
    } else {
      const isOpaque = alpha === opaque;
      while (end < width && alphas[start + end] !== 0 && (alphas[start + end] === opaque) === isOpaque) end++;
      addRun(runs, { x, length: end - x, isOpaque: isOpaque && end - x >= minCopyLength });
    }
    x = end;
  }
  return runs;
}

/** Short opaque runs join the translucent ones beside them. */
function addRun(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  const isJoined = last !== undefined && !last.isOpaque && !run.isOpaque && last.x + last.length === run.x;
  if (isJoined) last.length += run.length;
  else runs.push(run);
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
