/** Rectangles cut from rectangles. Pure. */
import { type Rect } from './i420.ts';
import { cutSprite, type PlacedSprite } from './sprite.ts';

/** The parts of a sprite that lie on any of `rects`, which may overlap; no pixel is in two parts. */
export function partsOn(rects: readonly Rect[], { sprite, x, y }: PlacedSprite): PlacedSprite[] {
  const whole: Rect = { x, y, width: sprite.width, height: sprite.height };
  const parts: Rect[] = [];
  for (const rect of rects) {
    const common = intersection(whole, rect);
    if (common === undefined) continue;
    const fresh = parts.reduce<Rect[]>((rest, part) => rest.flatMap((piece) => without(piece, part)), [common]);
    parts.push(...fresh);
  }
  return parts.map((part) => ({
    sprite: cutSprite(sprite, { x: part.x - x, y: part.y - y, width: part.width, height: part.height }),
    x: part.x,
    y: part.y,
  }));
}

/** What two rectangles share; undefined for nothing. */
export function intersection(a: Rect, b: Rect): Rect | undefined {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** `rect` minus `hole`: at most four rectangles (above, below, left, right). */
export function without(rect: Rect, hole: Rect): Rect[] {
  const common = intersection(rect, hole);
  if (common === undefined) return [rect];
  const right = rect.x + rect.width;
  const bottom = rect.y + rect.height;
  const commonRight = common.x + common.width;
  const commonBottom = common.y + common.height;
  return [
    { x: rect.x, y: rect.y, width: rect.width, height: common.y - rect.y },
    { x: rect.x, y: commonBottom, width: rect.width, height: bottom - commonBottom },
    { x: rect.x, y: common.y, width: common.x - rect.x, height: common.height },
    { x: commonRight, y: common.y, width: right - commonRight, height: common.height },
  ].filter(({ width, height }) => width > 0 && height > 0);
}
