/** Pictures with the test pattern, and the .y4m file that Chromium plays as a camera. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { type Rgb, black, fillI420, i420SizeBytes, rgbToYuv, white } from './i420.ts';
import { type PatternReading, counterCount, identityCount, patternCells, patternLayout } from './layout.ts';

export interface CameraFileOptions {
  /** 0..15. */
  readonly identity: number;
  /** 640 x 360 by default; both even. */
  readonly width?: number;
  readonly height?: number;
  /** 30 by default. */
  readonly frameRate?: number;
  /** Chromium starts over at the end, and so does the counter. 90 by default; at most 4096. */
  readonly frameCount?: number;
}

/** Background colour: hues spread over the circle, of middle brightness so that black and white stand out. */
export function identityColour(identity: number): Rgb {
  const hue = ((identity % identityCount) * 360) / identityCount;
  const component = (shiftDegrees: number) => {
    const distance = Math.abs(((hue + shiftDegrees + 540) % 360) - 180);
    return Math.round(60 + 130 * Math.min(1, Math.max(0, (120 - distance) / 60)));
  };
  return { r: component(0), g: component(240), b: component(120) };
}

/** One I420 picture. */
export function drawPattern(reading: PatternReading, width: number, height: number): Uint8Array {
  const picture = new Uint8Array(i420SizeBytes(width, height));
  fillI420(picture, width, height, { x: 0, y: 0, width, height }, rgbToYuv(identityColour(reading.identity)));
  drawCells(picture, reading, width, height);
  return picture;
}

/** Writes the file; `frameCount` pictures with counters 0, 1, 2 ... */
export async function writeCameraFile(file: string, options: CameraFileOptions): Promise<void> {
  const { identity, width = 640, height = 360, frameRate = 30, frameCount = 90 } = options;
  if (frameCount > counterCount) throw new RangeError(`frameCount must be at most ${counterCount}.`);
  const output = createWriteStream(file);
  output.write(`YUV4MPEG2 W${width} H${height} F${frameRate}:1 Ip A1:1 C420mpeg2\n`);
  for (let counter = 0; counter < frameCount; counter++) {
    const picture = drawPattern({ identity, counter }, width, height);
    output.write('FRAME\n');
    if (!output.write(picture)) await once(output, 'drain');
  }
  output.end();
  await once(output, 'close');
}

function drawCells(picture: Uint8Array, reading: PatternReading, width: number, height: number): void {
  const { left, top, cellWidth, cellHeight, columnCount } = patternLayout;
  patternCells(reading).forEach((isWhite, index) => {
    const rect = {
      x: width * (left + (index % columnCount) * cellWidth),
      y: height * (top + Math.floor(index / columnCount) * cellHeight),
      width: width * cellWidth,
      height: height * cellHeight,
    };
    fillI420(picture, width, height, rect, isWhite ? white : black);
  });
}
