import { describe, expect, it } from 'vitest';
import { stageRect, thumbnailRects, tileSizesOf } from '../../../../src/mixer/layout/geometry.ts';

const canvas = { width: 1280, height: 720 };

describe('geometry of the 1280x720 canvas', () => {
  it('tileSizesOf gives 960x540 and 320x180', () => {
    expect(tileSizesOf(canvas)).toEqual({
      stage: { width: 960, height: 540 },
      thumbnail: { width: 320, height: 180 },
    });
  });

  it('stageRect with thumbnails lies at the left edge, centred vertically', () => {
    expect(stageRect(canvas, 1)).toEqual({ x: 0, y: 90, width: 960, height: 540 });
    expect(stageRect(canvas, 4)).toEqual({ x: 0, y: 90, width: 960, height: 540 });
  });

  it('stageRect without thumbnails is centred', () => {
    expect(stageRect(canvas, 0)).toEqual({ x: 160, y: 90, width: 960, height: 540 });
  });

  it('thumbnailRects fills the right column with four and centres fewer', () => {
    expect(thumbnailRects(canvas, 4).map(({ x, y }) => [x, y])).toEqual([
      [960, 0],
      [960, 180],
      [960, 360],
      [960, 540],
    ]);
    expect(thumbnailRects(canvas, 3).map(({ y }) => y)).toEqual([90, 270, 450]);
    expect(thumbnailRects(canvas, 1).map(({ y }) => y)).toEqual([270]);
    expect(thumbnailRects(canvas, 9)).toHaveLength(4);
  });
});
