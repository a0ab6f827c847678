/** What one picture of the two-person program shows, tile by tile. */
import { type PatternImage, type PatternReading, type TileRect, readPattern } from '../pattern/index.ts';
import { programTiles } from '../viewer-page.ts';

export interface PictureReading {
  /** Recording time. */
  readonly timeSec: number;
  /** The large tile beside a strip. */
  readonly stage: PatternReading | undefined;
  /** The large tile of somebody who is alone. */
  readonly alone: PatternReading | undefined;
  readonly thumbnail: PatternReading | undefined;
  /** Brightest less darkest luma within the thumbnail's place: background alone has next to none. */
  readonly thumbnailContrast: number;
}

/** @param picture luma in the program's proportions */
export function readPicture(picture: PatternImage, timeSec: number): PictureReading {
  const read = (tile: keyof typeof programTiles) => readPattern(picture, rectOf(picture, tile));
  return {
    timeSec,
    stage: read('stage'),
    alone: read('alone'),
    thumbnail: read('thumbnail'),
    thumbnailContrast: contrastOf(picture, rectOf(picture, 'thumbnail')),
  };
}

function rectOf(picture: PatternImage, name: keyof typeof programTiles): TileRect {
  const tile = programTiles[name];
  return {
    x: tile.x * picture.width,
    y: tile.y * picture.height,
    width: tile.width * picture.width,
    height: tile.height * picture.height,
  };
}

/** Of the middle, where neither frame nor name label is. */
function contrastOf(picture: PatternImage, rect: TileRect): number {
  let low = 255;
  let high = 0;
  for (let y = Math.round(rect.y + 0.2 * rect.height); y < rect.y + 0.75 * rect.height; y++) {
    for (let x = Math.round(rect.x + 0.2 * rect.width); x < rect.x + 0.8 * rect.width; x++) {
      const luma = picture.data[y * picture.width + x]!;
      low = Math.min(low, luma);
      high = Math.max(high, luma);
    }
  }
  return high - low;
}
