/** Rectangles on the canvas with even sides and corners, as 4:2:0 pictures need them. Pure. */
import { type Rect } from '../picture/i420.ts';
import { type PictureSize } from '../source-contract.ts';

/** In pixels, both even. */
export type CanvasSize = PictureSize;

export function evenNearest(value: number): number {
  return 2 * Math.round(value / 2);
}

export function evenFloor(value: number): number {
  return 2 * Math.floor(value / 2);
}

/** `share` of both sides of `size`, rounded down to even. */
export function shareOf(size: PictureSize, share: number): PictureSize {
  return { width: evenFloor(size.width * share), height: evenFloor(size.height * share) };
}

/** `count` tiles of one size side by side, centred in `area`. */
export function rowIn(area: Rect, count: number, { width, height }: PictureSize): Rect[] {
  const x = area.x + evenFloor((area.width - count * width) / 2);
  const y = area.y + evenFloor((area.height - height) / 2);
  return Array.from({ length: count }, (_, index) => ({ x: x + index * width, y, width, height }));
}

/** `count` tiles of one size one below the other, centred in `area`. */
export function columnIn(area: Rect, count: number, { width, height }: PictureSize): Rect[] {
  const x = area.x + evenFloor((area.width - width) / 2);
  const y = area.y + evenFloor((area.height - count * height) / 2);
  return Array.from({ length: count }, (_, index) => ({ x, y: y + index * height, width, height }));
}

/** `count` tiles row by row, at most `columnCount` in a row, centred in `area`; an incomplete last row is centred too. */
export function gridIn(area: Rect, count: number, columnCount: number, tile: PictureSize): Rect[] {
  const rowCount = Math.ceil(count / columnCount);
  const rows = columnIn(area, rowCount, { width: evenFloor(area.width), height: tile.height });
  return rows.flatMap((row, index) => rowIn(row, Math.min(columnCount, count - index * columnCount), tile));
}

export function wholeOf(canvas: CanvasSize): Rect {
  return { x: 0, y: 0, ...canvas };
}
