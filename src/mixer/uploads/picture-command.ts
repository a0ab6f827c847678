/** Command line that turns one uploaded picture file on pipe:0 into raw pixels of a known size on pipe:1. Pure. */
import { type ImageHeader } from '../furniture/image-header.ts';
import { maxImagePixels } from '../furniture/inspect-image.ts';
import { type CanvasSize } from '../layout/geometry.ts';
import { type ExifOrientation } from './exif-orientation.ts';

export type PicturePart = 'logo' | 'background';

export interface PicturePlan {
  readonly args: readonly string[];
  readonly width: number;
  readonly height: number;
  /** A background has no transparency. */
  readonly bytesPerPixel: 3 | 4;
}

/** Twice what the largest logo takes on a 720p canvas, a third of a 1080p one. */
const maxLogo: CanvasSize = { width: 640, height: 360 };

export const pictureInputFd = 0;
export const pictureOutputFd = 1;

const formats = {
  png: { demuxer: 'png_pipe', decoder: 'png' },
  jpeg: { demuxer: 'jpeg_pipe', decoder: 'mjpeg' },
  webp: { demuxer: 'webp_pipe', decoder: 'webp' },
} as const;

const turns: Readonly<Record<ExifOrientation, readonly string[]>> = {
  1: [],
  2: ['hflip'],
  3: ['hflip', 'vflip'],
  4: ['vflip'],
  5: ['transpose=cclock_flip'],
  6: ['transpose=clock'],
  7: ['transpose=clock_flip'],
  8: ['transpose=cclock'],
};

/** A logo is shown whole, a background fills the canvas and is cut at its centre; neither is enlarged. */
export function picturePlan(
  part: PicturePart,
  header: ImageHeader,
  orientation: ExifOrientation,
  canvas: CanvasSize,
): PicturePlan {
  const [width, height] = orientation < 5 ? [header.width, header.height] : [header.height, header.width];
  const factor = Math.min(
    1,
    part === 'logo'
      ? Math.min(maxLogo.width / width, maxLogo.height / height)
      : Math.max(canvas.width / width, canvas.height / height),
  );
  const scaled = {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
  const size =
    part === 'logo'
      ? scaled
      : { width: Math.min(canvas.width, scaled.width), height: Math.min(canvas.height, scaled.height) };
  const { demuxer, decoder } = formats[header.format];
  const bytesPerPixel = part === 'logo' ? 4 : 3;
  const filters = [
    ...turns[orientation],
    `scale=${scaled.width}:${scaled.height}:flags=area`,
    `format=${bytesPerPixel === 4 ? 'rgba' : 'rgb24'}`,
    `crop=${size.width}:${size.height}:exact=1`,
  ];
  return {
    ...size,
    bytesPerPixel,
    args: [
      ...['-nostdin', '-hide_banner', '-loglevel', 'warning', '-filter_complex_threads', '1', '-threads', '1'],
      ...['-max_pixels', String(maxImagePixels), '-err_detect', 'explode'],
      // What is uploaded can name no other file, protocol, container or codec. Its EXIF data was read already.
      ...['-protocol_whitelist', 'pipe', '-noautorotate', '-c:v', decoder, '-f', demuxer],
      ...['-i', `pipe:${pictureInputFd}`, '-filter_complex', `[0:v]${filters.join(',')}[plain]`, '-map', '[plain]'],
      // Of an animation the first picture.
      ...['-frames:v', '1', '-threads', '1', '-f', 'rawvideo', `pipe:${pictureOutputFd}`],
    ],
  };
}
