/** Small drawings with transparency, laid over moving pictures thirty times a second. Pure. */
import { type I420Canvas, type Rect } from './i420.ts';

/** One plane of a sprite: runs of pixels that are not fully transparent. */
export interface PlaneSprite {
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

/** A sprite and where its top left corner lies on the canvas; both even. */
export interface PlacedSprite {
  readonly sprite: Sprite;
  readonly x: number;
  readonly y: number;
}

/** Lays `sprite` over `target` with its top left corner at (x, y), both even. @throws RangeError outside the target */
export function blendSprite(target: I420Canvas, sprite: Sprite, x: number, y: number): void {
  for (const { start, stride, plane } of placesOf(target, sprite, x, y)) blendPlane(target.data, start, stride, plane);
}

/** Pixels of a canvas where a sprite covers them, plane by plane in run order. */
export type CoveredPixels = readonly [Uint8Array, Uint8Array, Uint8Array];

/** Keeps what `target` shows where `sprite` would lie with its corner at (x, y); `restoreCovered` puts it back. */
export function takeCovered(target: I420Canvas, sprite: Sprite, x: number, y: number): CoveredPixels {
  const [luma, blue, red] = placesOf(target, sprite, x, y);
  return [takePlane(target.data, luma), takePlane(target.data, blue), takePlane(target.data, red)];
}

/** Lays kept pixels over `target` as strongly as `sprite` is opaque; its colours do not matter. */
export function restoreCovered(target: I420Canvas, sprite: Sprite, x: number, y: number, kept: CoveredPixels): void {
  placesOf(target, sprite, x, y).forEach((place, index) => restorePlane(target.data, place, kept[index]!));
}

/** The part of a sprite inside `rect` (in the sprite's own coordinates, even, within the sprite). */
export function cutSprite(sprite: Sprite, rect: Rect): Sprite {
  const half = { x: rect.x / 2, y: rect.y / 2, width: rect.width / 2, height: rect.height / 2 };
  const [luma, blue, red] = sprite.planes;
  return {
    width: rect.width,
    height: rect.height,
    planes: [cutPlane(luma, rect), cutPlane(blue, half), cutPlane(red, half)],
  };
}

/** One sprite from parts that do not overlap and lie inside it. */
export function joinSprites(width: number, height: number, parts: readonly PlacedSprite[]): Sprite {
  const join = (plane: 0 | 1 | 2): PlaneSprite => {
    const planes = parts.map(({ sprite }) => sprite.planes[plane]);
    const pixelCount = planes.reduce((sum, { premultiplied }) => sum + premultiplied.length, 0);
    const runs = new Int32Array(planes.reduce((sum, part) => sum + part.runs.length, 0));
    const premultiplied = new Uint8Array(pixelCount);
    const below = new Uint16Array(pixelCount);
    const scale = plane === 0 ? 1 : 2;
    let run = 0;
    let pixel = 0;
    parts.forEach(({ x, y }, index) => {
      const part = planes[index]!;
      runs.set(part.runs, run);
      for (const end = run + part.runs.length; run < end; run += 4) {
        runs[run]! += y / scale;
        runs[run + 1]! += x / scale;
      }
      premultiplied.set(part.premultiplied, pixel);
      below.set(part.below, pixel);
      pixel += part.premultiplied.length;
    });
    return { runs, premultiplied, below };
  };
  return { width, height, planes: [join(0), join(1), join(2)] };
}

/** Where one plane of a sprite begins in the target's data, and the target's row length there. */
interface PlanePlace {
  readonly start: number;
  readonly stride: number;
  readonly plane: PlaneSprite;
}

function placesOf(target: I420Canvas, sprite: Sprite, x: number, y: number): [PlanePlace, PlanePlace, PlanePlace] {
  if (x < 0 || y < 0 || x + sprite.width > target.width || y + sprite.height > target.height) {
    throw new RangeError(`A ${sprite.width}x${sprite.height} sprite does not fit at ${x},${y}.`);
  }
  const lumaLength = target.width * target.height;
  const stride = target.width / 2;
  const start = (y / 2) * stride + x / 2;
  const [luma, blue, red] = sprite.planes;
  return [
    { start: y * target.width + x, stride: target.width, plane: luma },
    { start: lumaLength + start, stride, plane: blue },
    { start: (lumaLength * 5) / 4 + start, stride, plane: red },
  ];
}

function takePlane(target: Uint8Array, { start, stride, plane }: PlanePlace): Uint8Array {
  const { runs, premultiplied } = plane;
  const kept = new Uint8Array(premultiplied.length);
  let to = 0;
  for (let run = 0; run < runs.length; run += 4) {
    const from = start + runs[run]! * stride + runs[run + 1]!;
    const length = runs[run + 2]!;
    kept.set(target.subarray(from, from + length), to);
    to += length;
  }
  return kept;
}

function restorePlane(target: Uint8Array, { start, stride, plane }: PlanePlace, kept: Uint8Array): void {
  const { runs, below } = plane;
  let from = 0;
  for (let run = 0; run < runs.length; run += 4) {
    const to = start + runs[run]! * stride + runs[run + 1]!;
    for (const end = from + runs[run + 2]!, shift = to - from; from < end; from++) {
      const share = below[from]!;
      target[from + shift] = (kept[from]! * (256 - share) + target[from + shift]! * share + 128) >> 8;
    }
  }
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

function cutPlane(plane: PlaneSprite, rect: Rect): PlaneSprite {
  const runs: number[] = [];
  const spans: (readonly [number, number])[] = [];
  let from = 0;
  let pixelCount = 0;
  for (let run = 0; run < plane.runs.length; run += 4) {
    const y = plane.runs[run]! - rect.y;
    const x = plane.runs[run + 1]! - rect.x;
    const length = plane.runs[run + 2]!;
    const begin = Math.max(x, 0);
    const end = Math.min(x + length, rect.width);
    if (y >= 0 && y < rect.height && end > begin) {
      runs.push(y, begin, end - begin, plane.runs[run + 3]!);
      spans.push([from + begin - x, from + end - x]);
      pixelCount += end - begin;
    }
    from += length;
  }
  const premultiplied = new Uint8Array(pixelCount);
  const below = new Uint16Array(pixelCount);
  let to = 0;
  for (const [begin, end] of spans) {
    premultiplied.set(plane.premultiplied.subarray(begin, end), to);
    below.set(plane.below.subarray(begin, end), to);
    to += end - begin;
  }
  return { runs: Int32Array.from(runs), premultiplied, below };
}
