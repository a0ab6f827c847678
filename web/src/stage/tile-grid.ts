/** How many columns make the tiles largest. Pure geometry. */

const tileAspect = 16 / 9;

export interface TileGrid {
  readonly columnCount: number;
  readonly tileHeightPx: number;
  readonly tileWidthPx: number;
}

/** @param tileCount >= 1. Sizes in CSS pixels; the largest 16:9 tile that fits `tileCount` times. */
export function bestTileGrid(tileCount: number, widthPx: number, heightPx: number, gapPx: number): TileGrid {
  let best: TileGrid = { columnCount: 1, tileHeightPx: 0, tileWidthPx: 0 };
  for (let columnCount = 1; columnCount <= tileCount; columnCount += 1) {
    const rowCount = Math.ceil(tileCount / columnCount);
    const cellWidthPx = (widthPx - gapPx * (columnCount - 1)) / columnCount;
    const cellHeightPx = (heightPx - gapPx * (rowCount - 1)) / rowCount;
    const tileWidthPx = Math.floor(Math.max(0, Math.min(cellWidthPx, cellHeightPx * tileAspect)));
    if (tileWidthPx > best.tileWidthPx) {
      best = { columnCount, tileWidthPx, tileHeightPx: Math.floor(tileWidthPx / tileAspect) };
    }
  }
  return best;
}
