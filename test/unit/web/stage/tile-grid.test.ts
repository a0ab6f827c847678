import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestTileGrid } from '../../../../web/src/stage/tile-grid.ts';

const gapPx = 8;

describe('bestTileGrid', () => {
  it('puts two side by side on a wide screen and one above the other on a phone', () => {
    expect(bestTileGrid(2, 1280, 700, gapPx).columnCount).toBe(2);
    expect(bestTileGrid(2, 390, 700, gapPx).columnCount).toBe(1);
  });

  it('uses three columns for five on a wide screen', () => {
    expect(bestTileGrid(5, 1280, 640, gapPx).columnCount).toBe(3);
  });

  it('gives no tile before the box has a size', () => {
    expect(bestTileGrid(3, 0, 0, gapPx)).toMatchObject({ tileWidthPx: 0, tileHeightPx: 0 });
  });

  it('always fits its tiles into the box', () => {
    const size = fc.integer({ min: 100, max: 4000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), size, size, (tileCount, widthPx, heightPx) => {
        const { columnCount, tileWidthPx, tileHeightPx } = bestTileGrid(tileCount, widthPx, heightPx, gapPx);
        const rowCount = Math.ceil(tileCount / columnCount);
        if (tileWidthPx === 0) return;
        expect(columnCount * tileWidthPx + (columnCount - 1) * gapPx).toBeLessThanOrEqual(widthPx);
        expect(rowCount * tileHeightPx + (rowCount - 1) * gapPx).toBeLessThanOrEqual(heightPx + rowCount);
      }),
    );
  });
});
