/** Where tiles lie on the canvas: speaker spotlight with a filmstrip in the right column. Pure. */
import { type Rect } from '../picture/i420.ts';
import { type PictureSize } from '../source-contract.ts';

export interface CanvasSize {
  readonly width: number;
  readonly height: number;
}

/** Thumbnails that fit into the right column; with the stage tile that makes five people in view. */
export const maxThumbnailCount = 4;

/** The stage takes three quarters of each side, a thumbnail one quarter: both keep the canvas's aspect ratio. */
export function tileSizesOf(canvas: CanvasSize): Readonly<Record<'stage' | 'thumbnail', PictureSize>> {
  return {
    stage: { width: (canvas.width * 3) / 4, height: (canvas.height * 3) / 4 },
    thumbnail: { width: canvas.width / 4, height: canvas.height / 4 },
  };
}

/** The large tile: centred when alone, else at the left edge; always centred vertically. */
export function stageRect(canvas: CanvasSize, thumbnailCount: number): Rect {
  const { width, height } = tileSizesOf(canvas).stage;
  return {
    x: thumbnailCount === 0 ? even((canvas.width - width) / 2) : 0,
    y: even((canvas.height - height) / 2),
    width,
    height,
  };
}

/** The thumbnails, top to bottom; a strip of fewer than four is centred vertically. */
export function thumbnailRects(canvas: CanvasSize, thumbnailCount: number): Rect[] {
  const { width, height } = tileSizesOf(canvas).thumbnail;
  const count = Math.min(thumbnailCount, maxThumbnailCount);
  const top = even((canvas.height - count * height) / 2);
  return Array.from({ length: count }, (_, index) => ({
    x: canvas.width - width,
    y: top + index * height,
    width,
    height,
  }));
}

function even(value: number): number {
  return 2 * Math.round(value / 2);
}
