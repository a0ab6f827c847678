/** Reads the test pattern out of a picture; runs in Node and, as a string, in the browser. */
import { type PatternLayout, type PatternReading, patternLayout } from './layout.ts';

/** Pixels row by row without padding. 4 bytes per pixel are RGBA, 1 is luma (a Y plane as it is). */
export interface PatternImage {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  readonly bytesPerPixel: 1 | 4;
}

export interface TileRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The pattern in that rectangle, the whole picture by default; undefined when there is none, or it is too blurred or
 * damaged to be sure: every cell must be clearly black or white and the checksum must fit.
 */
export function readPattern(image: PatternImage, rect?: TileRect): PatternReading | undefined {
  return readPatternWith(patternLayout, image, rect);
}

/** Refers to nothing outside of itself, so that its source can be sent to a page. */
function readPatternWith(layout: PatternLayout, image: PatternImage, rect?: TileRect): PatternReading | undefined {
  const tile = rect ?? { x: 0, y: 0, width: image.width, height: image.height };
  const lumaAt = (x: number, y: number): number => {
    const at = (y * image.width + x) * image.bytesPerPixel;
    if (image.bytesPerPixel === 1) return image.data[at] ?? 128;
    return (
      0.2126 * (image.data[at] ?? 128) + 0.7152 * (image.data[at + 1] ?? 128) + 0.0722 * (image.data[at + 2] ?? 128)
    );
  };
  // The middle half of the cell: its edges are where scaling and coding smear.
  const cellLuma = (column: number, row: number): number => {
    const left = tile.x + tile.width * (layout.left + (column + 0.25) * layout.cellWidth);
    const top = tile.y + tile.height * (layout.top + (row + 0.25) * layout.cellHeight);
    const right = left + (tile.width * layout.cellWidth) / 2;
    const bottom = top + (tile.height * layout.cellHeight) / 2;
    let sum = 0;
    let count = 0;
    for (let y = Math.round(top); y < bottom; y++) {
      for (let x = Math.round(left); x < right; x++) {
        sum += lumaAt(x, y);
        count++;
      }
    }
    return count === 0 ? 128 : sum / count;
  };
  let high = 0;
  let low = 0;
  for (let index = 0; index < layout.columnCount * layout.rowCount; index++) {
    const luma = cellLuma(index % layout.columnCount, Math.floor(index / layout.columnCount));
    if (luma > 96 && luma < 160) return undefined;
    const bit = luma >= 160 ? 1 : 0;
    if (index < 16) high = (high << 1) | bit;
    else low = (low << 1) | bit;
  }
  let crc = 0xffff;
  for (let bit = 15; bit >= 0; bit--) {
    const feedback = ((crc >> 15) ^ (high >> bit)) & 1;
    crc = ((crc << 1) & 0xffff) ^ (feedback === 1 ? 0x1021 : 0);
  }
  if (crc !== low) return undefined;
  return { identity: high >> 12, counter: high & 0x0fff };
}

/**
 * For `page.addInitScript({ content })` or `page.evaluate(content)`: defines in the page
 * `readPattern(image, rect?)` as above, and
 * `readPatternFromVideo(video, rect?)`, rect in fractions (0..1) of the picture: the frame that is shown now.
 */
export const patternPageScript = `
  globalThis.readPattern = (image, rect) => (${readPatternWith.toString()})(${JSON.stringify(patternLayout)}, image, rect);
  globalThis.readPatternFromVideo = (video, rect = { x: 0, y: 0, width: 1, height: 1 }) => {
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0 || height === 0) return undefined;
    const canvas = (globalThis.patternCanvas ??= new OffscreenCanvas(width, height));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const tile = { x: rect.x * width, y: rect.y * height, width: rect.width * width, height: rect.height * height };
    return globalThis.readPattern({ data, width, height, bytesPerPixel: 4 }, tile);
  };
`;
