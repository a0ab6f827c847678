/** Layouts of people only: spotlight, solo, side by side, grid. Pure. */
import { type Arrangement } from './arrangement.ts';
import { type CanvasSize, columnIn, evenFloor, gridIn, rowIn, shareOf, wholeOf } from './geometry.ts';

/** Thumbnails that fit beside or below the large tiles. */
const maxThumbnailCount = 4;
const maxGridCount = 9;

/** The large tile takes three quarters of each side, a thumbnail one quarter: both keep the canvas's shape. */
export function spotlightPlaces(canvas: CanvasSize, personCount: number): Arrangement {
  const thumbnail = shareOf(canvas, 1 / 4);
  const stage = shareOf(canvas, 3 / 4);
  const thumbnailCount = Math.min(personCount - 1, maxThumbnailCount);
  const isAlone = thumbnailCount === 0;
  const large = rowIn({ ...wholeOf(canvas), width: isAlone ? canvas.width : stage.width }, 1, stage);
  const strip = { x: canvas.width - thumbnail.width, y: 0, width: thumbnail.width, height: canvas.height };
  return {
    people: [...large, ...columnIn(strip, thumbnailCount, thumbnail)],
    mainCount: 1,
    isOverlaid: false,
    countsHidden: true,
  };
}

/** One person on the whole canvas; the others are meant not to be seen, so they are not counted either. */
export function soloPlaces(canvas: CanvasSize): Arrangement {
  return { people: [wholeOf(canvas)], mainCount: 1, isOverlaid: false, countsHidden: false };
}

/**
 * Two tiles of 4:3, which makes faces a third larger than 16:9 would, and everybody else in a strip below. One person
 * alone gets the middle.
 */
export function sideBySidePlaces(canvas: CanvasSize, personCount: number): Arrangement {
  const large = { width: evenFloor(canvas.width / 2), height: evenFloor((canvas.width * 3) / 8) };
  const thumbnail = shareOf(canvas, 1 / 4);
  const mainCount = Math.min(2, personCount);
  const thumbnailCount = Math.min(personCount - mainCount, maxThumbnailCount);
  const stripHeight = thumbnailCount === 0 ? 0 : thumbnail.height;
  const top = evenFloor((canvas.height - large.height - stripHeight) / 2);
  const above = { x: 0, y: top, width: canvas.width, height: large.height };
  const below = { x: 0, y: top + large.height, width: canvas.width, height: stripHeight };
  return {
    people: [...rowIn(above, mainCount, large), ...rowIn(below, thumbnailCount, thumbnail)],
    mainCount,
    isOverlaid: false,
    countsHidden: true,
  };
}

/**
 * Up to nine alike: 1, 2x1, 2x2, 3x2, 3x3. Tiles have the canvas's shape where rows and columns are as many, else 4:3,
 * which uses more of the canvas.
 */
export function gridPlaces(canvas: CanvasSize, personCount: number): Arrangement {
  const count = Math.min(personCount, maxGridCount);
  const columnCount = Math.ceil(Math.sqrt(count));
  const rowCount = Math.ceil(count / columnCount);
  const width = evenFloor(canvas.width / columnCount);
  const tallest = evenFloor(canvas.height / rowCount);
  const height = rowCount === columnCount ? tallest : Math.min(tallest, evenFloor((width * 3) / 4));
  return {
    people: gridIn(wholeOf(canvas), count, columnCount, { width, height }),
    mainCount: count,
    isOverlaid: false,
    countsHidden: true,
  };
}
